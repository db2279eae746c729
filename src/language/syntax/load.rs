//! The files of a ruleset, brought by a function that reads.

use std::fmt;
use std::path::Path;

use super::Sources;

impl Sources {
    /// Begins with the main file and brings all that it wants: `read` reads a file, those that the ruleset names relative
    /// to the main file.
    ///
    /// # Errors
    /// If the main file cannot be read. What else cannot be is absent.
    pub fn load<E: fmt::Display>(
        main: &Path,
        mut read: impl FnMut(&Path) -> Result<Vec<u8>, E>,
    ) -> Result<Sources, E> {
        let mut sources = Sources::new(&main.to_string_lossy(), read(main)?);
        let folder = main.parent().unwrap_or(Path::new(""));
        while let Some(wanted) = sources.wanted() {
            match read(&folder.join(&wanted.path)) {
                Ok(bytes) => sources.supply(bytes),
                Err(error) => sources.absent(&error.to_string()),
            }
        }
        Ok(sources)
    }
}

//! What an editor asks of the files of a ruleset.

use super::{Origin, Sources, resolve};
use crate::source::FileId;
use crate::syntax::ast;

impl Sources {
    /// Returns the tree of a part; nothing for a file that is none.
    #[must_use]
    pub fn part(&self, file: FileId) -> Option<&ast::File> {
        self.parts().find(|part| part.id == file)
    }

    /// Returns the part that an import names.
    #[must_use]
    pub fn imported(&self, declared_in: FileId, path: &str) -> Option<FileId> {
        let (layer, folder) = self.home_folder(declared_in)?;
        let resolved = resolve(&folder, path).ok()?;
        Some(self.layers.get(layer)?.parts.get(&resolved)?.file.id)
    }

    /// Returns the main file of the ruleset that the one a file is of extends.
    #[must_use]
    pub fn base(&self, file: FileId) -> Option<FileId> {
        self.layers.get(self.layer(file) + 1).map(|layer| layer.main)
    }

    /// Tells whether a file ships inside the binary.
    #[must_use]
    pub fn is_bundled(&self, file: FileId) -> bool {
        self.layers.get(self.layer(file)).is_some_and(|layer| matches!(layer.origin, Origin::Bundled(_)))
    }
}

//! The requests of the protocol about a profile, answered from the ruleset that it is for.

use std::path::Path;

use lsp_server::{ErrorCode, Request};
use lsp_types::{
    CodeActionParams, CompletionItem, Hover, HoverContents, MarkupContent, MarkupKind,
    TextDocumentPositionParams,
};
use qudao_editor::position::{self, Encoding};
use qudao_language::profile::{self, ReadProfile};
use qudao_language::source::{Files, Span};

use super::requests::{actions, item, read, told};
use super::workspace::{Given, Workspace};
use super::{Answered, commands, convert};

impl Given<'_> {
    /// Reads it; nothing where the ruleset has errors.
    pub(super) fn read(&self, path: &Path) -> Option<ReadProfile> {
        let ruleset = self.loaded.project.ruleset.as_deref()?;
        let mut read =
            profile::read(ruleset, &path.to_string_lossy(), self.text.as_bytes().to_vec(), self.format, &[]);
        read.diagnostics = self.loaded.tongue.checked(read.diagnostics);
        Some(read)
    }

    /// Returns what is wrong with it.
    pub(super) fn diagnostics(&self, path: &Path, encoding: Encoding) -> Vec<lsp_types::Diagnostic> {
        let Some(read) = self.read(path) else { return Vec::new() };
        let own = read.files.iter().next().map(|(id, _)| id);
        let of = |span: Span| Some(path.to_path_buf()).filter(|_| Some(span.file) == own);
        let found = read.diagnostics.iter();
        found.map(|found| convert::diagnostic(&read.files, &of, found, encoding)).collect()
    }
}

/// Answers a request about a profile; nothing where it is about no profile.
pub(super) fn answer(workspace: &Workspace, encoding: Encoding, request: &Request) -> Option<Answered> {
    let uri = request.params.get("textDocument")?.get("uri")?.as_str()?;
    let path = super::uri::path_of(uri);
    let given = workspace.given(&path)?;
    Some(of_profile(workspace, &given, &path, encoding, request))
}

fn of_profile(
    workspace: &Workspace,
    given: &Given<'_>,
    path: &Path,
    encoding: Encoding,
    request: &Request,
) -> Answered {
    let mut files = Files::default();
    let id = files.add(path.to_string_lossy(), given.text);
    let file = files.get(id);
    let project = &given.loaded.project;
    let offset = |place: lsp_types::Position| {
        let place = position::Position { line: place.line, column: place.character };
        encoding.offset(file, place) as usize
    };
    let range = |start: usize, end: usize| convert::range_in(file, start as u32, end as u32, encoding);
    let place = || -> Result<usize, (ErrorCode, String)> {
        Ok(offset(read::<TextDocumentPositionParams>(request.clone())?.position))
    };
    match request.method.as_str() {
        "textDocument/hover" => {
            let hover = project.hover_given(given.text, given.format, place()?);
            told(hover.map(|(at, value)| Hover {
                contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value }),
                range: Some(range(at.start, at.end)),
            }))
        }
        "textDocument/definition" => {
            let spans = project.definition_given(given.text, given.format, place()?);
            let places = spans.iter().filter_map(|span| convert::location(project, *span, encoding));
            told(Some(places.collect::<Vec<_>>()))
        }
        "textDocument/completion" => {
            let at = place()?;
            let (start, offers) = project.offers_given(given.text, given.format, at);
            let offers = offers.into_iter().enumerate();
            let items: Vec<CompletionItem> =
                offers.map(|(place, offer)| item(place, offer, range(start, at))).collect();
            told(Some(items))
        }
        "textDocument/codeAction" => {
            let params: CodeActionParams = read(request.clone())?;
            let read = given.read(path);
            let found = read.as_ref().map_or(&[][..], |read| &read.diagnostics);
            let (start, end) = (offset(params.range.start) as u32, offset(params.range.end) as u32);
            let of = |span: Span| Some(path.to_path_buf()).filter(|_| span.file == id);
            told(Some(actions(&files, &of, found, Span { file: id, start, end }, encoding)))
        }
        "textDocument/codeLens" => {
            told(Some(commands::of_profile(given, path, workspace.tongue(given.loaded))))
        }
        "textDocument/rename" | "textDocument/prepareRename" => {
            Err((ErrorCode::RequestFailed, "a field is renamed where its ruleset declares it".into()))
        }
        // Clients ask for whatever rulesets have.
        _ => told(None::<()>),
    }
}

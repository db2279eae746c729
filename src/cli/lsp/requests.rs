//! The requests of the protocol, each answered from the ruleset that its file is part of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;

use lsp_server::{ErrorCode, Request};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CodeLensParams, CompletionItem, CompletionTextEdit,
    DocumentHighlight, DocumentSymbol, DocumentSymbolParams, FoldingRange, FoldingRangeParams, Hover,
    HoverContents, InlayHint, InlayHintLabel, InlayHintParams, MarkupContent, MarkupKind,
    ParameterInformation, ParameterLabel, Position, ReferenceParams, RenameParams, SemanticTokensParams,
    SemanticTokensRangeParams, SignatureHelp, SignatureInformation, SymbolInformation,
    TextDocumentPositionParams, TextEdit, WorkspaceSymbolParams,
};
use qudao_editor::offers::Offer;
use qudao_editor::position::{self, Encoding};
use qudao_editor::project::Project;
use qudao_editor::rename::{Change, plain_path, renamable, rename, sharing};
use qudao_editor::structure::{Entry, mends};
use qudao_language::check::NameKind;
use qudao_language::diagnostic::{Diagnostic, Edit};
use qudao_language::source::{FileId, Files, Span};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::convert::{completion_kind, diagnostic, edit, location, path, range, range_in, symbol_kind};
use super::workspace::{Loaded, Workspace};
use super::{Answered, cases, commands, given, tokens, uri};

/// What the server can do.
pub(super) fn capabilities(encoding: Encoding) -> Json {
    json!({
        "positionEncoding": match encoding { Encoding::Utf8 => "utf-8", Encoding::Utf16 => "utf-16" },
        "textDocumentSync": { "openClose": true, "change": 2 },
        "hoverProvider": true,
        "definitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "completionProvider": { "triggerCharacters": [".", "[", "{", "=", "|", "+"] },
        "documentSymbolProvider": true,
        "workspaceSymbolProvider": true,
        "foldingRangeProvider": true,
        "documentFormattingProvider": true,
        "codeActionProvider": { "codeActionKinds": ["quickfix"] },
        "semanticTokensProvider": { "legend": tokens::legend(), "full": true, "range": true },
        "inlayHintProvider": true,
        "signatureHelpProvider": { "triggerCharacters": [" ", "(", ","] },
        "codeLensProvider": {},
        "executeCommandProvider": { "commands": commands::COMMANDS },
        "renameProvider": { "prepareProvider": true },
        "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
    })
}

/// A file of a ruleset, as a request names it.
struct At<'w> {
    loaded: &'w Loaded,
    file: FileId,
    encoding: Encoding,
}

pub(super) fn answer(workspace: &mut Workspace, encoding: Encoding, request: Request) -> Answered {
    workspace.refresh();
    let workspace = &*workspace;
    if let Some(answered) = given::answer(workspace, encoding, &request) {
        return answered;
    }
    let at = |uri: &lsp_types::Uri| {
        let found = workspace.project(&uri::path_of(uri.as_str()));
        found.map(|(loaded, file)| At { loaded, file, encoding })
    };
    let place = |params: &TextDocumentPositionParams| {
        let at = at(&params.text_document.uri)?;
        let offset = at.offset(params.position);
        Some((at, offset))
    };
    match request.method.as_str() {
        "textDocument/hover" => {
            told(place(&read(request)?).and_then(|(at, offset)| at.hover(workspace, offset)))
        }
        "textDocument/definition" => told(
            place(&read(request)?)
                .map(|(at, offset)| at.locations(&at.project().definition(at.file, offset))),
        ),
        "textDocument/references" => {
            let params: ReferenceParams = read(request)?;
            let with = params.context.include_declaration;
            told(
                place(&params.text_document_position)
                    .map(|(at, offset)| at.references(workspace, offset, with)),
            )
        }
        "textDocument/documentHighlight" => {
            told(place(&read(request)?).map(|(at, offset)| at.highlights(offset)))
        }
        "textDocument/completion" => told(place(&read(request)?).map(|(at, offset)| at.completion(offset))),
        "textDocument/semanticTokens/full" => {
            let params: SemanticTokensParams = read(request)?;
            told(at(&params.text_document.uri).map(|at| at.tokens(None)))
        }
        "textDocument/semanticTokens/range" => {
            let params: SemanticTokensRangeParams = read(request)?;
            told(at(&params.text_document.uri).map(|at| at.tokens(Some(params.range))))
        }
        "textDocument/inlayHint" => {
            let params: InlayHintParams = read(request)?;
            told(at(&params.text_document.uri).map(|at| at.hints(params.range)))
        }
        "textDocument/signatureHelp" => {
            told(place(&read(request)?).and_then(|(at, offset)| at.signature(offset)))
        }
        "textDocument/documentSymbol" => {
            let params: DocumentSymbolParams = read(request)?;
            told(at(&params.text_document.uri).map(|at| at.symbols(&at.project().outline(at.file))))
        }
        "workspace/symbol" => {
            let params: WorkspaceSymbolParams = read(request)?;
            told(Some(symbols(workspace, &params.query, encoding)))
        }
        "textDocument/foldingRange" => {
            let params: FoldingRangeParams = read(request)?;
            told(at(&params.text_document.uri).map(|at| at.folds()))
        }
        "textDocument/formatting" => {
            let params: lsp_types::DocumentFormattingParams = read(request)?;
            told(at(&params.text_document.uri).and_then(|at| {
                let edits = at.project().layout(at.file).filter(|_| at.is_ruleset())?;
                Some(at.edits(&edits))
            }))
        }
        "textDocument/codeAction" => {
            let params: CodeActionParams = read(request)?;
            told(at(&params.text_document.uri).map(|at| at.actions(params.range)))
        }
        "textDocument/codeLens" => {
            let params: CodeLensParams = read(request)?;
            told(
                at(&params.text_document.uri)
                    .map(|at| commands::of_file(at.loaded, at.file, encoding, workspace.tongue(at.loaded))),
            )
        }
        "textDocument/prepareRename" => match place(&read(request)?) {
            None => told(None::<Json>),
            Some((at, offset)) => {
                let (span, named) = renamable(at.project(), at.file, offset).map_err(refused)?;
                told(Some(json!({ "range": at.range(span), "placeholder": &*named.name })))
            }
        },
        "textDocument/rename" => {
            let params: RenameParams = read(request)?;
            match place(&params.text_document_position) {
                None => told(None::<Json>),
                Some((at, offset)) => at.rename(workspace, offset, &params.new_name),
            }
        }
        method => Err((ErrorCode::MethodNotFound, format!("there is no method `{method}`"))),
    }
}

pub(super) fn read<P: serde::de::DeserializeOwned>(request: Request) -> Result<P, (ErrorCode, String)> {
    serde_json::from_value(request.params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

pub(super) fn told<T: Serialize>(answer: Option<T>) -> Answered {
    serde_json::to_value(answer).map_err(|error| (ErrorCode::InternalError, error.to_string()))
}

/// Why something cannot be done, for people.
fn refused(why: String) -> (ErrorCode, String) {
    (ErrorCode::RequestFailed, why)
}

impl At<'_> {
    fn project(&self) -> &Project {
        &self.loaded.project
    }

    fn offset(&self, place: Position) -> u32 {
        let place = position::Position { line: place.line, column: place.character };
        self.encoding.offset(self.project().sources().files().get(self.file), place)
    }

    fn range(&self, span: Span) -> lsp_types::Range {
        range(self.project(), span, self.encoding)
    }

    /// Only a file of the language is laid out, no sheet and no text.
    fn is_ruleset(&self) -> bool {
        self.project().sources().part(self.file).is_some()
    }

    fn hover(&self, workspace: &Workspace, offset: u32) -> Option<Hover> {
        let hover = self.project().hover(self.file, offset)?;
        let mut value = hover.markdown;
        for (_, named) in self.project().named_at(self.file, offset) {
            let Some(ruleset) = self.project().ruleset.as_deref() else { continue };
            let is_rule = matches!(named.kind, NameKind::Rule | NameKind::Table | NameKind::Row);
            let came = if is_rule { workspace.came(self.loaded) } else { Rc::default() };
            value.extend(cases::firing(ruleset, &named, &came).map(|told| format!("\n\n{told}")));
        }
        let contents = MarkupContent { kind: MarkupKind::Markdown, value };
        Some(Hover { contents: HoverContents::Markup(contents), range: Some(self.range(hover.span)) })
    }

    fn locations(&self, spans: &[Span]) -> Vec<lsp_types::Location> {
        spans.iter().filter_map(|span| location(self.project(), *span, self.encoding)).collect()
    }

    /// The places of a name in all rulesets that share its declaration.
    fn references(&self, workspace: &Workspace, offset: u32, with: bool) -> Vec<lsp_types::Location> {
        let others = workspace.others();
        let others: Vec<&Project> = self.beside(workspace).chain(&others).collect();
        let mut found: Vec<lsp_types::Location> = Vec::new();
        let mut seen: BTreeSet<(PathBuf, u32)> = BTreeSet::new();
        for (_, named) in self.project().named_at(self.file, offset) {
            for (project, named) in sharing(self.project(), &others, &named) {
                for mention in project.mentions(&named).filter(|mention| with || !mention.declares) {
                    let Some(path) = path(project, mention.span) else { continue };
                    if seen.insert((path, mention.span.start)) {
                        found.extend(location(project, mention.span, self.encoding));
                    }
                }
            }
        }
        found
    }

    /// The other rulesets that open files are part of.
    fn beside<'w>(&self, workspace: &'w Workspace) -> impl Iterator<Item = &'w Project> {
        let own = std::ptr::from_ref(self.project());
        workspace.loaded().map(|loaded| &loaded.project).filter(move |other| !std::ptr::eq(*other, own))
    }

    fn highlights(&self, offset: u32) -> Vec<DocumentHighlight> {
        let spans = self.project().references(self.file, offset, true).into_iter();
        let own = spans.filter(|span| span.file == self.file);
        own.map(|span| DocumentHighlight { range: self.range(span), kind: None }).collect()
    }

    fn completion(&self, offset: u32) -> Vec<CompletionItem> {
        let offers = self.project().offers(self.file, offset);
        let range = self.range(offers.span);
        let items = offers.offers.into_iter().enumerate().map(|(place, offer)| item(place, offer, range));
        items.collect()
    }

    fn tokens(&self, range: Option<lsp_types::Range>) -> Json {
        let within = range.map_or(0..u32::MAX, |range| self.offset(range.start)..self.offset(range.end));
        let file = self.project().sources().files().get(self.file);
        let tokens = self.project().tokens(self.file);
        json!({ "data": tokens::encoded(file, &tokens, within, self.encoding) })
    }

    fn hints(&self, range: lsp_types::Range) -> Vec<InlayHint> {
        let within = self.offset(range.start)..=self.offset(range.end);
        let hints = self.project().hints(self.file).into_iter().filter(|hint| within.contains(&hint.at));
        let hints = hints.map(|hint| InlayHint {
            position: self.range(Span { file: self.file, start: hint.at, end: hint.at }).start,
            label: InlayHintLabel::String(hint.text),
            kind: None,
            text_edits: None,
            tooltip: None,
            padding_left: Some(!hint.before),
            padding_right: Some(hint.before),
            data: None,
        });
        hints.collect()
    }

    fn signature(&self, offset: u32) -> Option<SignatureHelp> {
        let form = self.project().form(self.file, offset)?;
        // Forms are ASCII, so that bytes are units of UTF-16.
        let parts = form.parts.iter().map(|part| ParameterInformation {
            label: ParameterLabel::LabelOffsets([part.start as u32, part.end as u32]),
            documentation: None,
        });
        // Behind the last part none is active, which clients take a number too large for.
        let active = form.part.unwrap_or(form.parts.len()) as u32;
        let signature = SignatureInformation {
            label: form.text.into(),
            documentation: None,
            parameters: Some(parts.collect()),
            active_parameter: Some(active),
        };
        Some(SignatureHelp {
            signatures: vec![signature],
            active_signature: Some(0),
            active_parameter: Some(active),
        })
    }

    fn symbols(&self, entries: &[Entry]) -> Vec<DocumentSymbol> {
        let symbol = |entry: &Entry| {
            #[expect(deprecated, reason = "the type has no default, and a field that is no longer used")]
            DocumentSymbol {
                name: entry.name.clone(),
                detail: Some(entry.word.into()),
                kind: symbol_kind(entry.kind),
                tags: None,
                deprecated: None,
                range: self.range(entry.span.to(entry.name_span)),
                selection_range: self.range(entry.name_span),
                children: Some(self.symbols(&entry.entries)).filter(|inner| !inner.is_empty()),
            }
        };
        entries.iter().map(symbol).collect()
    }

    fn folds(&self) -> Vec<FoldingRange> {
        let folds = if self.is_ruleset() { self.project().folds(self.file) } else { Vec::new() };
        let folds = folds.into_iter();
        folds
            .map(|(start_line, end_line)| FoldingRange { start_line, end_line, ..FoldingRange::default() })
            .collect()
    }

    fn edits(&self, edits: &[Edit]) -> Vec<TextEdit> {
        edits.iter().map(|it| edit(self.project().sources().files(), it, self.encoding)).collect()
    }

    fn actions(&self, place: lsp_types::Range) -> Vec<CodeAction> {
        let (start, end) = (self.offset(place.start), self.offset(place.end));
        let place = Span { file: self.file, start, end };
        let found: Vec<Diagnostic> = self.loaded.diagnostics().cloned().collect();
        let path = |span: Span| path(self.project(), span);
        actions(self.project().sources().files(), &path, &found, place, self.encoding)
    }

    fn rename(&self, workspace: &Workspace, offset: u32, new: &str) -> Answered {
        let (_, named) = renamable(self.project(), self.file, offset).map_err(refused)?;
        let unopened = workspace.others();
        let others: Vec<&Project> = self.beside(workspace).chain(&unopened).collect();
        let changes = rename(self.project(), &others, &named, new, true).map_err(refused)?;
        let mut edits: BTreeMap<String, Vec<TextEdit>> = BTreeMap::new();
        for Change { path, start, end, text } in changes {
            let mut all = std::iter::once(self.project()).chain(others.iter().copied());
            let found = all.find_map(|project| {
                let mut files = project.sources().files().iter();
                files.find(|(_, file)| plain_path(file.name()) == path).map(|(_, file)| file)
            });
            let Some(file) = found else { continue };
            let range = range_in(file, start, end, self.encoding);
            let edits = edits.entry(uri::uri(path.as_ref()).as_str().into()).or_default();
            edits.push(TextEdit { range, new_text: text });
        }
        for (project, named) in sharing(self.project(), &others, &named) {
            for (path, text, format) in workspace.profiles_of(project) {
                let uri = uri::uri(&path).as_str().to_string();
                // Two rulesets may have one folder of profiles.
                let places = project.named_in_given(&text, format, &named);
                if places.is_empty() || edits.contains_key(&uri) {
                    continue;
                }
                let mut files = Files::default();
                let id = files.add(path.to_string_lossy(), text);
                let ranges = places
                    .iter()
                    .map(|at| range_in(files.get(id), at.start as u32, at.end as u32, self.encoding));
                let new_text = new.to_string();
                edits.insert(
                    uri,
                    ranges.map(|range| TextEdit { range, new_text: new_text.clone() }).collect(),
                );
            }
        }
        told(Some(json!({ "changes": edits })))
    }
}

/// What is offered, the one of this number.
pub(super) fn item(place: usize, offer: Offer, range: lsp_types::Range) -> CompletionItem {
    CompletionItem {
        label: offer.text.clone(),
        kind: Some(completion_kind(offer.kind)),
        detail: Some(offer.detail).filter(|detail| !detail.is_empty()),
        sort_text: Some(format!("{place:05}")),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: offer.text })),
        ..CompletionItem::default()
    }
}

/// The changes that mend what is found at a place; the path of the file that a place lies in is told by a function.
pub(super) fn actions(
    files: &Files,
    path: &dyn Fn(Span) -> Option<PathBuf>,
    found: &[Diagnostic],
    place: Span,
    encoding: Encoding,
) -> Vec<CodeAction> {
    let actions = mends(found, place).filter_map(|(mended, fix)| {
        let mut changes: BTreeMap<String, Vec<TextEdit>> = BTreeMap::new();
        for it in &fix.edits {
            let edits = changes.entry(uri::uri(&path(it.span)?).as_str().into()).or_default();
            edits.push(edit(files, it, encoding));
        }
        Some(CodeAction {
            title: fix.message.clone(),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![diagnostic(files, path, mended, encoding)]),
            edit: serde_json::from_value(json!({ "changes": changes })).ok(),
            is_preferred: Some(fix.sure),
            ..CodeAction::default()
        })
    });
    actions.collect()
}

/// So many names are told at most: an editor asks again with every letter.
const MOST_SYMBOLS: usize = 1_000;

/// The names that hold what is asked for, of all rulesets below the opened folders.
fn symbols(workspace: &Workspace, query: &str, encoding: Encoding) -> Vec<SymbolInformation> {
    let query = query.to_lowercase();
    let mut found = Vec::new();
    let mut seen: BTreeSet<(PathBuf, u32)> = BTreeSet::new();
    let others = workspace.others_lately();
    for project in workspace.loaded().map(|loaded| &loaded.project).chain(&*others) {
        for named in project.names().filter(|named| named.name.to_lowercase().contains(&query)) {
            for mention in project.mentions(named).filter(|mention| mention.declares) {
                let Some(path) = path(project, mention.span) else { continue };
                if found.len() == MOST_SYMBOLS {
                    return found;
                }
                let new = seen.insert((path, mention.span.start));
                let Some(location) = location(project, mention.span, encoding).filter(|_| new) else {
                    continue;
                };
                #[expect(deprecated, reason = "the type has no default, and a field that is no longer used")]
                found.push(SymbolInformation {
                    name: named.name.to_string(),
                    kind: symbol_kind(Some(named.kind)),
                    tags: None,
                    deprecated: None,
                    location,
                    container_name: named.of.as_ref().map(ToString::to_string),
                });
            }
        }
    }
    found
}

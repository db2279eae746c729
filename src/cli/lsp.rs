//! `qudao lsp`: a language server on standard input and output.
//!
//! One thread answers, in the order in which messages come. Another looks for the findings of analysis once nobody types.

mod cases;
mod commands;
mod convert;
mod given;
mod requests;
mod running;
mod tokens;
mod uri;
mod workspace;

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    CancelParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, ExecuteCommandParams, FileChangeType,
    InitializeParams, NumberOrString, PositionEncodingKind,
};
use qudao_analysis::analyse::findings::{Options, findings};
use qudao_analysis::analyse::stop::Stop;
use qudao_editor::position::Encoding;
use qudao_language::diagnostic::Diagnostic;
use serde_json::json;

use super::output::Failure;
use super::{Exit, profiles};
use commands::{Argument, Work};
use running::{Running, cancelled};
use workspace::{Unsearched, Workspace};

const EXAMPLES: &str = "Examples:
  qudao lsp   what an editor starts for files that end in `.qd`";

/// What `qudao lsp` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Taken for editors that pass it; there is no other way
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Nobody types any more when nothing came for so long.
const IDLE: Duration = Duration::from_millis(250);
/// How often it is looked whether the findings are there.
const POLL: Duration = Duration::from_millis(20);

/// The number of the search for findings that is wanted: another one calls a search off.
static SEARCHES: AtomicU64 = AtomicU64::new(0);

pub(crate) fn run(_: &Args) -> Result<Exit, Failure> {
    let (connection, threads) = Connection::stdio();
    let ended = serve(&connection);
    drop(connection);
    let ended = ended?;
    threads.join().map_err(|error| Failure::new(format!("cannot write the output: {error}")))?;
    Ok(ended)
}

fn serve(connection: &Connection) -> Result<Exit, Failure> {
    let fail =
        |error: lsp_server::ProtocolError| Failure::new(format!("no language client speaks here: {error}"));
    let (id, mut params) = connection.initialize_start().map_err(fail)?;
    uri::escape(&mut params);
    let params: InitializeParams = serde_json::from_value(params)
        .map_err(|error| Failure::new(format!("the request `initialize` is not understood: {error}")))?;
    let offered =
        params.capabilities.general.as_ref().and_then(|general| general.position_encodings.as_ref());
    let utf8 = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
    let encoding = if utf8 { Encoding::Utf8 } else { Encoding::Utf16 };
    let answer = json!({
        "capabilities": requests::capabilities(encoding),
        "serverInfo": { "name": "qudao", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, answer).map_err(fail)?;
    // What comes is taken at once, so that a change is not checked when the next is there, nor an answer made that is
    // not wanted any more. The thread ends with the client.
    let (send, received) = mpsc::channel();
    let incoming = connection.receiver.clone();
    std::thread::spawn(move || {
        incoming.iter().try_for_each(|mut message| {
            match &mut message {
                Message::Request(request) => uri::escape(&mut request.params),
                Message::Notification(told) => uri::escape(&mut told.params),
                Message::Response(_) => {}
            }
            send.send(message).ok()
        })
    });
    let sender = connection.sender.clone();
    let mut server = Server {
        connection,
        // A client that is gone is noticed where the next message is waited for.
        running: Running::new(move |message| drop(sender.send(message))),
        received,
        queue: VecDeque::new(),
        workspace: Workspace::new(roots(&params), params.locale.as_deref()),
        encoding,
        published: BTreeMap::new(),
        searched: None,
        shows_documents: params
            .capabilities
            .window
            .as_ref()
            .and_then(|window| window.show_document.as_ref())
            .is_some_and(|shows| shows.support),
        shown: None,
        stopping: false,
    };
    let watches = params.capabilities.workspace.as_ref().and_then(|it| it.did_change_watched_files.as_ref());
    if watches.and_then(|it| it.dynamic_registration) == Some(true) {
        server.watch_files();
    }
    let ended = server.run();
    server.running.end();
    ended
}

fn roots(params: &InitializeParams) -> Vec<PathBuf> {
    let folders = params.workspace_folders.iter().flatten();
    let mut roots: Vec<PathBuf> = folders.filter_map(|folder| uri::path(folder.uri.as_str())).collect();
    #[expect(deprecated, reason = "older clients tell one root alone")]
    if roots.is_empty() {
        roots.extend(params.root_uri.as_ref().and_then(|root| uri::path(root.as_str())));
    }
    roots
}

/// Findings that are looked for: of which ruleset, in which state, and where they come.
struct Searched {
    main: PathBuf,
    state: u64,
    found: Receiver<Vec<Diagnostic>>,
}

struct Server<'c> {
    connection: &'c Connection,
    running: Running,
    received: Receiver<Message>,
    /// What came and is not done yet.
    queue: VecDeque<Message>,
    workspace: Workspace,
    encoding: Encoding,
    /// What the client was told of each file.
    published: BTreeMap<PathBuf, Vec<lsp_types::Diagnostic>>,
    searched: Option<Searched>,
    /// Whether the client shows documents that it is told of, and the folder where these are.
    shows_documents: bool,
    shown: Option<tempfile::TempDir>,
    /// Whether the client asked to shut down.
    stopping: bool,
}

impl Server<'_> {
    fn run(&mut self) -> Result<Exit, Failure> {
        loop {
            self.queue.extend(self.received.try_iter());
            if self.queue.is_empty() {
                self.guarded(Server::publish);
                match self.wait() {
                    Some(message) => self.queue.push_back(message),
                    None => return Ok(Exit::Found),
                }
                self.queue.extend(self.received.try_iter());
            }
            let Some(message) = self.queue.pop_front() else { continue };
            match message {
                Message::Request(request) => self.request(request),
                Message::Notification(told) if told.method == "exit" => {
                    return Ok(if self.stopping { Exit::Done } else { Exit::Found });
                }
                Message::Notification(told) => self.guarded(|server| {
                    server.notification(told);
                    server.call_off();
                }),
                // The client only ever answers that it watches files.
                Message::Response(_) => {}
            }
        }
    }

    /// Waits for the next message; looks for findings once none comes. Nothing where the client is gone.
    fn wait(&mut self) -> Option<Message> {
        loop {
            let (pause, searches) = match &self.searched {
                Some(_) => (POLL, true),
                None => (IDLE, false),
            };
            let next = if searches || self.workspace.unsearched().is_some() {
                self.received.recv_timeout(pause).map_err(|error| error == RecvTimeoutError::Disconnected)
            } else {
                self.received.recv().map_err(|_| true)
            };
            match next {
                Ok(message) => return Some(message),
                Err(true) => return None,
                Err(false) => self.guarded(Server::search),
            }
        }
    }

    /// Takes findings that are there, or has the next ones looked for.
    fn search(&mut self) {
        if let Some(searched) = &self.searched {
            let found = match searched.found.try_recv() {
                Ok(found) => found,
                Err(TryRecvError::Empty) => return,
                // It stopped on the way: there are none to tell.
                Err(TryRecvError::Disconnected) => Vec::new(),
            };
            self.workspace.found(&searched.main, searched.state, found);
            self.searched = None;
            self.publish();
            return;
        }
        let Some(unsearched) = self.workspace.unsearched() else { return };
        let Unsearched { main, state, ruleset, allowed, tongue } = unsearched;
        let (send, found) = mpsc::channel();
        let today = Some(profiles::today());
        let stop = Stop::once_changed(&SEARCHES);
        std::thread::spawn(move || {
            let options = Options { today, tongue, stop, ..Options::default() };
            // Work that is called off unwinds, and a mistake of ours ends this thread alone.
            let looked = catch_unwind(AssertUnwindSafe(|| findings(&ruleset, &allowed, &options)));
            let Ok(found) = looked else { return };
            // Where nobody waits any more, nobody needs it.
            let _ = send.send(found);
        });
        self.searched = Some(Searched { main, state, found });
    }

    /// Does something that may stop in the middle; the server goes on.
    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            self.workspace.forget();
        }
    }

    fn request(&mut self, request: Request) {
        let id = request.id.clone();
        if self.is_cancelled(&id) {
            return self.send(cancelled(id));
        }
        if request.method == "shutdown" {
            self.stopping = true;
            return self.send(Response::new_ok(id, ()).into());
        }
        if request.method == "workspace/executeCommand" && !self.stopping {
            return self.command(id, request.params);
        }
        let answered = if self.stopping {
            Err((ErrorCode::InvalidRequest, "the server is shutting down".to_string()))
        } else {
            let (workspace, encoding) = (&mut self.workspace, self.encoding);
            guard(|| requests::answer(workspace, encoding, request))
        };
        let response = match answered {
            Ok(answer) => Response::new_ok(id, answer),
            Err((code, message)) => Response::new_err(id, code as i32, message),
        };
        self.send(response.into());
    }

    /// Runs a command elsewhere, so that whoever types goes on typing.
    fn command(&mut self, id: RequestId, params: serde_json::Value) {
        let prepared = guard(|| {
            let wrong = |error: serde_json::Error| (ErrorCode::InvalidParams, error.to_string());
            let ExecuteCommandParams { command, arguments, .. } =
                serde_json::from_value(params).map_err(wrong)?;
            let argument = arguments.into_iter().next().unwrap_or_default();
            let argument: Argument = serde_json::from_value(argument).map_err(wrong)?;
            self.workspace.refresh();
            Ok((commands::prepare(&self.workspace, &command, &argument)?, argument.show))
        });
        let (work, show) = match prepared {
            Ok(prepared) => prepared,
            Err((code, message)) => return self.send(Response::new_err(id, code as i32, message).into()),
        };
        let Work { title, run } = work;
        let folder = if show && self.shows_documents { self.folder() } else { None };
        let running = self.running.clone();
        running.begin(id.clone());
        std::thread::spawn(move || {
            let answered = guard(|| run().map_err(|why| (ErrorCode::RequestFailed, why)));
            let told = match answered {
                Err((code, message)) => vec![Response::new_err(id.clone(), code as i32, message).into()],
                Ok(markdown) => {
                    let answer = json!({ "title": title, "markdown": markdown });
                    let answer = Response::new_ok(id.clone(), answer).into();
                    let shown = show.then(|| shown(&title, &markdown, folder.as_deref(), &id));
                    std::iter::once(answer).chain(shown).collect()
                }
            };
            running.done(&id, told);
        });
    }

    /// The folder of what clients are to show, which goes with the server.
    fn folder(&mut self) -> Option<PathBuf> {
        if self.shown.is_none() {
            self.shown = tempfile::Builder::new().prefix("qudao-").tempdir().ok();
        }
        self.shown.as_ref().map(|folder| folder.path().to_path_buf())
    }

    /// Tells whether a request was taken back by what came after it.
    fn is_cancelled(&self, id: &RequestId) -> bool {
        self.queue.iter().any(|message| match message {
            Message::Notification(told) => taken_back(told).is_some_and(|cancelled| cancelled == *id),
            _ => false,
        })
    }

    /// Calls a search off once its ruleset has changed.
    fn call_off(&mut self) {
        let is_stale = |it: &Searched| !self.workspace.is_at(&it.main, it.state);
        if self.searched.take_if(|it| is_stale(it)).is_some() {
            SEARCHES.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn notification(&mut self, told: Notification) {
        fn read<P: serde::de::DeserializeOwned>(told: Notification) -> Option<P> {
            serde_json::from_value(told.params).ok()
        }
        if let Some(id) = taken_back(&told) {
            return self.running.cancel(&id);
        }
        let workspace = &mut self.workspace;
        match told.method.as_str() {
            "textDocument/didOpen" => {
                if let Some(DidOpenTextDocumentParams { text_document: it }) = read(told) {
                    workspace.open(uri::path_of(it.uri.as_str()), it.text, it.version);
                }
            }
            "textDocument/didChange" => {
                if let Some(DidChangeTextDocumentParams { text_document: it, content_changes }) = read(told) {
                    let path = uri::path_of(it.uri.as_str());
                    workspace.change(&path, it.version, &content_changes, self.encoding);
                }
            }
            "textDocument/didClose" => {
                if let Some(DidCloseTextDocumentParams { text_document: it }) = read(told) {
                    workspace.close(&uri::path_of(it.uri.as_str()));
                }
            }
            "workspace/didChangeWatchedFiles" => {
                if let Some(DidChangeWatchedFilesParams { changes }) = read(told) {
                    for change in changes {
                        let same = change.typ == FileChangeType::CHANGED;
                        workspace.changed_on_disk(&uri::path_of(change.uri.as_str()), same);
                    }
                }
            }
            "workspace/didChangeWorkspaceFolders" => {
                if let Some(DidChangeWorkspaceFoldersParams { event }) = read(told) {
                    let paths = |folders: Vec<lsp_types::WorkspaceFolder>| {
                        folders.iter().filter_map(|folder| uri::path(folder.uri.as_str())).collect::<Vec<_>>()
                    };
                    workspace.change_roots(&paths(event.removed), paths(event.added));
                }
            }
            _ => {}
        }
    }

    /// Checks what changed, and tells the client what is found anew.
    fn publish(&mut self) {
        self.workspace.refresh();
        let mut found = convert::diagnostics(&self.workspace, self.encoding);
        for path in self.published.keys() {
            found.entry(path.clone()).or_default();
        }
        for (path, diagnostics) in found {
            if self.published.get(&path).is_some_and(|before| *before == diagnostics) {
                continue;
            }
            let told = lsp_types::PublishDiagnosticsParams {
                uri: uri::uri(&path),
                diagnostics: diagnostics.clone(),
                version: self.workspace.version(&path),
            };
            self.send(Notification::new("textDocument/publishDiagnostics".into(), told).into());
            match diagnostics.is_empty() && !self.workspace.knows(&path) {
                true => drop(self.published.remove(&path)),
                false => drop(self.published.insert(path, diagnostics)),
            }
        }
    }

    fn watch_files(&self) {
        let globs = [
            "**/*.qd",
            "**/*.csv",
            "**/*.xlsx",
            "**/*.txt",
            "**/*.md",
            "**/sources.lock",
            "**/qudao.toml",
            "**/profiles/*",
        ];
        let watchers: Vec<_> = globs.iter().map(|glob| json!({ "globPattern": glob })).collect();
        let method = "workspace/didChangeWatchedFiles";
        let options = json!({ "watchers": watchers });
        let registered = json!([{ "id": "files", "method": method, "registerOptions": options }]);
        let params = json!({ "registrations": registered });
        let id = RequestId::from("files".to_string());
        self.send(Request::new(id, "client/registerCapability".into(), params).into());
    }

    /// A client that is gone is noticed where the next message is waited for.
    fn send(&self, message: Message) {
        let _ = self.connection.sender.send(message);
    }
}

/// The request that a message takes back, if it does.
fn taken_back(told: &Notification) -> Option<RequestId> {
    let told = Some(told).filter(|told| told.method == "$/cancelRequest")?;
    Some(match serde_json::from_value::<CancelParams>(told.params.clone()).ok()?.id {
        NumberOrString::Number(number) => RequestId::from(number),
        NumberOrString::String(text) => RequestId::from(text),
    })
}

/// The answer to a request, or the code of an error and its message.
type Answered = Result<serde_json::Value, (ErrorCode, String)>;

/// What makes a client show a text: the file that holds it, or a message with its first line.
fn shown(title: &str, markdown: &str, folder: Option<&Path>, id: &RequestId) -> Message {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let name: String = title.chars().take(60).map(plain).collect();
    let path = folder.map(|folder| folder.join(format!("{name}.md")));
    // Where the file cannot be written, the message is what is left.
    match path.filter(|path| std::fs::write(path, markdown).is_ok()) {
        Some(path) => {
            let params = json!({ "uri": uri::uri(&path), "takeFocus": true });
            Request::new(RequestId::from(format!("show {id}")), "window/showDocument".into(), params).into()
        }
        None => {
            let first = markdown.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
            let params = json!({ "type": 3, "message": format!("{title}: {first}") });
            Notification::new("window/showMessage".into(), params).into()
        }
    }
}

/// Does what a request asks for; a mistake of ours is an error of that request alone.
fn guard<T>(work: impl FnOnce() -> Result<T, (ErrorCode, String)>) -> Result<T, (ErrorCode, String)> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err((ErrorCode::InternalError, "the server stumbled; this is a mistake in qudao".into()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_of_its_request() {
        let stumbled = guard::<()>(|| panic!("on purpose"));
        assert!(matches!(stumbled, Err((ErrorCode::InternalError, _))));
        assert!(guard(|| Ok(1)).is_ok());
    }
}

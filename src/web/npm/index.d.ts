/** One thing that is wrong, or worth knowing. */
export interface Problem {
  code: string;
  severity: 'error' | 'warning' | 'note';
  message: string;
  file: string;
  /** From 1, as columns; columns count characters. */
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  /** Offsets in units of UTF-16. */
  from: number;
  to: number;
  label?: string;
  labels: Omit<Problem, 'code' | 'severity' | 'from' | 'to' | 'labels' | 'notes' | 'changes'>[];
  notes: string[];
  /** What would mend it. */
  changes: { message: string; sure: boolean; edits: { file: string; from: number; to: number; insert: string }[] }[];
}

/** What cannot be answered. */
export class QudaoError extends Error {
  /** Where a text is to blame. */
  problems: Problem[];
}

/** The day and the language. */
export interface Options {
  /** The day on which facts are read, `2026-03-01`: the ruleset's unless given, else today. */
  asOf?: string;
  /** What day it is; the host's, in UTC, unless given. */
  today?: string;
  /** A BCP 47 tag. */
  lang?: string;
}

export interface ProfileOptions extends Options {
  /** How a text is written; YAML unless its name tells. */
  format?: 'json' | 'yaml' | 'toml';
  /** How the profile is called. */
  name?: string;
  /** Assignments `FIELD=VALUE` that go before what the profile says. */
  set?: string[];
}

export interface BudgetOptions extends Options {
  /** About so many milliseconds for all proofs. */
  budget?: number;
  /** Look for profiles that get no recommendation too. */
  gaps?: boolean;
}

export type Verdict = 'recommended' | 'possible' | 'unsuitable' | 'excluded';
/** Fields and their values; `null` is not known. Or a text. */
export type Profile = Record<string, unknown> | string | null;
/** A ruleset's text; its files by path, and the main one; or the name of one that ships. */
export type Texts = string | { files: Record<string, string>; main?: string } | { bundled: string };

/** What a ruleset says of a channel or a mix. The document has more; `docs/reference/results.md` lists all. */
export interface Target {
  id: string;
  kind: 'channel' | 'mix';
  title: string;
  rank: number;
  verdict: Verdict | null;
  leaning: Verdict;
  could_be: Verdict[];
  score: number;
  score_range: [number, number];
  [key: string]: unknown;
}

/** The document `qudao.result/1`. */
export interface Result {
  schema: 'qudao.result/1';
  first: { target: string | null; settled: boolean; tie: string[] };
  channels: Target[];
  mixes: Target[];
  missing: { field: string; question: string | null; affects: string[] }[];
  [key: string]: unknown;
}

export interface Field {
  name: string;
  question: string | null;
  section: string | null;
  kind: 'bool' | 'number' | 'text' | 'date' | 'enum' | 'set';
  options: { value: string; title: string | null }[] | null;
  whole: boolean;
  unit: string | null;
  /** How values write the unit, of several and of one. */
  unit_names: string[];
  low: string | null;
  high: string | null;
  default: string | null;
  required: boolean;
}

export interface About {
  name: string;
  title: string;
  version: string | null;
  as_of: string | null;
  languages: string[];
  lang: string;
  fields: Field[];
  targets: { name: string; title: string }[];
  tests: number;
  properties: number;
}

export interface Question {
  field: Field;
  why: 'required' | 'verdict' | 'first' | 'assumed' | 'measures' | 'needs' | 'notes';
  because: string;
  rules: string[];
}

export class Ruleset {
  readonly warnings: Problem[];
  about(lang?: string): About;
  schema(lang?: string): Record<string, unknown>;
  decide(profile: Profile, options?: ProfileOptions & { trace?: boolean }): Result;
  answer(profile: Profile, options?: ProfileOptions & { form?: 'text' | 'markdown' | 'html' }): string;
  why(profile: Profile, target: string, options: ProfileOptions & { form: 'json' }): Result & { why: unknown };
  why(profile: Profile, target: string, options?: ProfileOptions & { form?: 'text' | 'markdown' | 'html' }): string;
  report(profile: Profile, options?: ProfileOptions): string;
  /** `answers` holds values as assignments take them; `left` the fields that were passed over. */
  ask(
    answers?: Record<string, string | null>,
    options?: Options & { left?: string[]; further?: boolean },
  ): { question: Question | null; left: number; more: string | null; decided: Result };
  table(
    rows: string,
    options?: Options & {
      form?: 'csv' | 'ndjson';
      /** The field of each column that is named otherwise. */
      columns?: Record<string, string>;
      keep?: string[];
      reasons?: boolean;
    },
  ): { rows: string; rejects: { line: number; reason: string }[] };
  check(options?: BudgetOptions): Problem[];
  test(options?: BudgetOptions & { form?: 'json' }): Record<string, unknown>;
  test(options: BudgetOptions & { form: 'text' | 'markdown' | 'html' }): string;
  diff(old: Ruleset, options?: BudgetOptions & { form?: 'json' }): Record<string, unknown>;
  diff(old: Ruleset, options: BudgetOptions & { form: 'text' | 'markdown' | 'html' }): string;
  free(): void;
}

export class Qudao {
  /** Makes an engine of a compiled module, or of its bytes. */
  static of(module: WebAssembly.Module | BufferSource): Promise<Qudao>;
  bundled(): string[];
  /** Throws a `QudaoError` with all problems where the ruleset has errors. */
  load(texts: Texts, options?: { lang?: string }): Ruleset;
  format(text: string, name?: string): string;
  /** A call as the page makes it, by JSON: `src/web/calls.rs` lists them. */
  call(call: Record<string, unknown>): unknown;
}

/** Loads the engine: the one of this package, or one from given bytes. */
export function start(module?: WebAssembly.Module | BufferSource): Promise<Qudao>;

import {
  answerFormats,
  type Draft,
  type DraftColumn,
  type DraftMessage,
  type DraftTool,
  emptyDraft,
  MOST_MODELS,
} from "./draft";

/** What a tab keeps over a reload: the draft, and which request answers in which column. Gone with the tab. */
export interface Kept {
  draft: Draft;
  /** Request ids by the column's id. */
  answers: Record<number, string>;
}

/** One person's work in one organization: nobody who signs in after them in the same tab finds it. */
export const keyOf = ({ user, organization }: { user: { id: string }; organization: { id: string } }) =>
  `playground:${user.id}:${organization.id}`;

/** Storage can be full, forbidden or of an older version: then there is no draft, and that is all. */
export function keep(key: string, kept: Kept): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // A draft too long to keep is still there on the page.
  }
}

export function readKept(key: string): Kept | null {
  try {
    return parseKept(JSON.parse(sessionStorage.getItem(key) ?? "null"));
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown, otherwise = "") => (typeof value === "string" ? value : otherwise);
const list = (value: unknown) => (Array.isArray(value) ? value.filter(isObject) : []);
const REQUEST_ID = /^inf_[0-9a-z]{26}$/;

export function parseKept(value: unknown): Kept | null {
  if (!isObject(value) || !isObject(value.draft)) return null;
  const { draft } = value;
  const columns = list(draft.columns).flatMap(readColumn).slice(0, MOST_MODELS);
  const messages = list(draft.messages).flatMap(readMessage);
  if (columns.length === 0 || messages.length === 0) return null;
  const format = answerFormats.find((one) => one.value === draft.format)?.value ?? "text";
  return {
    draft: {
      columns,
      messages,
      format,
      system: text(draft.system),
      maxTokens: text(draft.maxTokens),
      temperature: text(draft.temperature),
      topP: text(draft.topP),
      stop: text(draft.stop),
      seed: text(draft.seed),
      schemaName: text(draft.schemaName, emptyDraft.schemaName),
      schema: text(draft.schema, emptyDraft.schema),
      schemaStrict: draft.schemaStrict === true,
      tools: list(draft.tools).map(readTool),
      toolChoice: text(draft.toolChoice),
    },
    answers: readAnswers(value.answers, columns),
  };
}

function readColumn({ id, model }: Record<string, unknown>): DraftColumn[] {
  return typeof id === "number" && typeof model === "string" ? [{ id, model }] : [];
}

function readMessage({
  id,
  role,
  text: words,
  toolCalls,
  toolCallId,
  toolName,
}: Record<string, unknown>): DraftMessage[] {
  if (typeof id !== "number" || (role !== "user" && role !== "assistant" && role !== "tool")) return [];
  const calls = list(toolCalls).flatMap(readCall);
  return [
    {
      id,
      role,
      text: text(words),
      ...(calls.length > 0 && { toolCalls: calls }),
      ...(typeof toolCallId === "string" && { toolCallId }),
      ...(typeof toolName === "string" && { toolName }),
    },
  ];
}

function readCall({ id, function: called }: Record<string, unknown>): NonNullable<DraftMessage["toolCalls"]> {
  if (typeof id !== "string" || !isObject(called)) return [];
  return [{ id, type: "function", function: { name: text(called.name), arguments: text(called.arguments) } }];
}

function readTool(tool: Record<string, unknown>, index: number): DraftTool {
  const { name, description, parameters, strict } = tool;
  return {
    id: index + 1,
    name: text(name),
    description: text(description),
    parameters: text(parameters),
    strict: strict === true,
  };
}

function readAnswers(value: unknown, columns: readonly DraftColumn[]): Record<number, string> {
  const given = isObject(value) ? value : {};
  return Object.fromEntries(
    columns.flatMap(({ id }) => {
      const request = text(given[id]);
      return REQUEST_ID.test(request) ? [[id, request]] : [];
    }),
  );
}

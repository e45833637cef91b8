import { parseStreamed, type Streamed } from "../stream/streamed";
import {
  answerFormats,
  type Draft,
  type DraftColumn,
  type DraftMessage,
  type DraftTool,
  deliveries,
  efforts,
  emptyDraft,
  firstDraft,
  MAX_MODELS,
} from "./draft";

/** What each column shows, by the column's id. */
export interface SavedAnswers {
  /** IDs of requests that are kept. */
  answers: Record<number, string>;
  /** Completions that were streamed: only this tab has them. */
  streams: Record<number, Streamed>;
}

/** What a tab keeps across reloads: the draft and its answers. Gone with the tab. */
export interface SavedDraft extends SavedAnswers {
  draft: Draft;
}

export const newDraft = (model: string): SavedDraft => ({
  draft: firstDraft(model),
  answers: {},
  streams: {},
});

/** One key per person and organization: the next person to sign in to this tab does not see the draft. */
export const storageKeyOf = ({
  user,
  organization,
}: {
  user: { id: string };
  organization: { id: string };
}) => `playground:${user.id}:${organization.id}`;

/** Storage can be full or forbidden: then the draft is not saved. */
export function saveDraft(key: string, saved: SavedDraft): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(saved));
  } catch {
    // The draft is still on the page.
  }
}

export function loadDraft(key: string): SavedDraft | null {
  try {
    return parseSavedDraft(JSON.parse(sessionStorage.getItem(key) ?? "null"));
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown, otherwise = "") => (typeof value === "string" ? value : otherwise);
const list = (value: unknown) => (Array.isArray(value) ? value.filter(isObject) : []);
const REQUEST_ID = /^inf_[0-9a-z]{26}$/;

export function parseSavedDraft(value: unknown): SavedDraft | null {
  if (!isObject(value) || !isObject(value.draft)) return null;
  const { draft } = value;
  const columns = list(draft.columns).flatMap(readColumn).slice(0, MAX_MODELS);
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
      delivery: deliveries.find((one) => one.value === draft.delivery)?.value ?? "stream",
      effort: efforts.find((effort) => effort === draft.effort) ?? emptyDraft.effort,
      showThoughts: draft.showThoughts === true,
    },
    answers: readAnswers(value.answers, columns),
    streams: readStreams(value.streams, columns),
  };
}

function readColumn({ id, model }: Record<string, unknown>): DraftColumn[] {
  return typeof id === "number" && typeof model === "string" ? [{ id, model }] : [];
}

function readMessage({
  id,
  role,
  text: content,
  thoughts,
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
      text: text(content),
      ...(typeof thoughts === "string" && { thoughts }),
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

function readStreams(value: unknown, columns: readonly DraftColumn[]): Record<number, Streamed> {
  const given = isObject(value) ? value : {};
  return Object.fromEntries(
    columns.flatMap(({ id }) => {
      const streamed = parseStreamed(given[id]);
      return streamed === null ? [] : [[id, streamed]];
    }),
  );
}

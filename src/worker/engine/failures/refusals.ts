import type { ErrorCode } from "@agathaai/core/platform";
import type { ProviderName } from "./errors";
import { refusedParam } from "./refused-param";
import type { WireError } from "./wire-error";

export interface Refusal {
  /** True when it is certainly about the customer's request, whatever the status says. */
  certain: boolean;
  public: { publicCode?: ErrorCode; publicMessage?: string; publicParam?: string };
}

/**
 * Why a provider refused a request, in our own words: its text may contain its addresses, our account or the customer's
 * content. Only field names and numbers are taken over.
 */
export function refusalOf(
  provider: ProviderName,
  status: number,
  error: WireError | undefined,
  { ownMessages }: { ownMessages: number },
): Refusal {
  const param = refusedParam(provider, error, ownMessages);
  const at = param === undefined ? "" : ` (${param})`;
  if (isContextOverflow(error)) {
    return certainly(
      "The messages and max_tokens together are longer than this model's context window.",
      param ?? "messages",
      "context_length_exceeded",
    );
  }
  if (
    status === 413 ||
    /payload size exceeds|request too large|request entity too large/i.test(textOf(error))
  ) {
    return certainly(
      "This request is larger than the model's provider takes in one call. Shorten the messages, or make the images smaller.",
      param ?? "messages",
    );
  }
  if (isAboutAnImage(error)) {
    return certainly(
      `The model's provider could not read an image of this request${at}. Its link must be public and answer quickly, and the image must be a PNG, JPEG or WebP.`,
      param ?? "messages",
    );
  }
  if (/thought[_ ]?signature|encrypted[_ ]content/i.test(`${error?.code} ${textOf(error)}`)) {
    return certainly(
      "The model's provider did not recognize its own tool calls in this conversation. Send the ids of tool calls back exactly as they came.",
      param ?? "messages",
    );
  }
  const unknown = unknownField(error);
  if (unknown !== undefined) {
    const publicMessage =
      unknown.name === undefined
        ? "The model's provider does not know one of the fields of this request."
        : `The model's provider does not know the field ${unknown.name}.`;
    return { certain: false, public: { publicMessage, publicCode: "unknown_parameter", ...unknown.public } };
  }
  if (param === undefined) return { certain: false, public: {} };
  return { certain: false, public: { publicMessage: whatIsWrong(param, error), publicParam: param } };
}

/** A field that was passed on as it came. A name that could be anything but a field's, such as a key, is not repeated. */
function unknownField(error: WireError | undefined) {
  const [, inText] =
    /^(?:Unrecognized request argument supplied|Unknown parameter): '?(.+?)'?\.?$/s.exec(textOf(error)) ?? [];
  if (inText === undefined && error?.code !== "unknown_parameter") return undefined;
  const name = error?.param ?? inText ?? "";
  return /^[a-z]+(_[a-z]+){0,5}$/.test(name) && name.length <= 40
    ? { name, public: { publicParam: name } }
    : { name: undefined, public: {} };
}

/** Texts, images and tool calls are all in `messages`, which is named where the provider names no field. */
function certainly(publicMessage: string, publicParam: string, publicCode?: ErrorCode): Refusal {
  return {
    certain: true,
    public: { publicMessage, publicParam, ...(publicCode !== undefined && { publicCode }) },
  };
}

function textOf(error: WireError | undefined): string {
  return error?.message ?? "";
}

function whatIsWrong(param: string, error: WireError | undefined): string {
  const code = String(error?.code ?? "");
  const most = limitIn(textOf(error), /(?:maximum|at most|up to|no more than|less than or equal to|<=)/);
  const least = limitIn(textOf(error), /(?:minimum|at least|greater than or equal to|>=)/);
  const provider = "The model's provider";
  if (/^string_above_max_length/.test(code) || /too long/i.test(textOf(error))) {
    return most === undefined
      ? `${provider} takes no ${param} as long as this one.`
      : `${provider} takes at most ${most} characters for ${param}.`;
  }
  if (/^array_above_max_length/.test(code))
    return `${provider} takes at most ${most ?? "fewer"} entries in ${param}.`;
  if (/above_max|too large/.test(code + textOf(error)) && most !== undefined) {
    return `${provider} takes at most ${most} for ${param}.`;
  }
  if (/below_min/.test(code) && least !== undefined)
    return `${provider} takes no less than ${least} for ${param}.`;
  if (code === "unsupported_parameter") return `${param} is not supported by this model.`;
  if (code === "unsupported_value") return `This model does not support the value of ${param}.`;
  if (/invalid_(function_parameters|json_schema)|schema/i.test(code)) {
    return `${provider} did not accept the JSON schema in ${param}.`;
  }
  return `${provider} did not accept the value of ${param}.`;
}

/** A number close after such words is a limit and reveals nothing. */
function limitIn(message: string, words: RegExp): string | undefined {
  const [, digits] =
    new RegExp(`\\b${words.source}[^\\d.;']{0,24}(\\d[\\d,]{0,11})\\b`, "i").exec(message) ?? [];
  return digits && Number(digits.replaceAll(",", "")).toLocaleString("en-US");
}

const contentCodes = new Set([
  "content_filter",
  "content_policy_violation",
  "moderation_blocked",
  "invalid_prompt",
  "cyber_policy_violation",
  "bio_policy",
  "image_content_policy_violation",
]);

/** DeepSeek has no code for it, only the message "Content Exists Risk". */
export function isContentRefusal(error: WireError | undefined): boolean {
  return (
    contentCodes.has(String(error?.code)) ||
    /content exists risk|violat\w* (?:our|the) (?:usage|content) polic|rejected as a result of (?:our|the) safety/i.test(
      textOf(error),
    )
  );
}

function isContextOverflow(error: WireError | undefined): boolean {
  return (
    error?.code === "context_length_exceeded" ||
    /maximum context length|context window|input token count .*exceeds/i.test(textOf(error))
  );
}

/** An image link that leads nowhere, is no image, or is not public. */
function isAboutAnImage(error: WireError | undefined): boolean {
  return (
    /image/.test(String(error?.code ?? "")) ||
    /(?:download|fetch|retriev|read|process|access|load)\w*[^.]{0,60}\b(?:image|file|url)|(?:invalid|unsupported|corrupt\w*)[^.]{0,40}\b(?:image|file uri)|mime type|cannot fetch content|image_url/i.test(
      textOf(error),
    )
  );
}

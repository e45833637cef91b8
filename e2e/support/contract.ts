import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Schema = Record<string, unknown>;
interface ResponseObject {
  content?: Record<string, { schema: Schema; example?: unknown }>;
  headers?: Record<string, unknown>;
}
/** What a request to an operation is made of. */
export interface Asked {
  operationId: string;
  requestBody?: { content: Record<string, { schema: Schema; example?: Json }> };
  parameters?: { name: string; in: string; schema: Schema }[];
}
interface OperationObject extends Asked {
  responses: Record<string, ResponseObject>;
}
export interface ApiDocument {
  openapi: string;
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, Schema> };
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** The API document, as a judge over answers: is this status documented here, and does the body fit its schema? */
export class Contract {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();
  /** `createKey 201`, for each answer that was judged. */
  readonly seen = new Set<string>();

  constructor(readonly document: ApiDocument) {
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(document, "api");
  }

  /** The operation behind a concrete path, literal parts before parameters. */
  find(method: string, path: string): { template: string; operation: OperationObject } | undefined {
    const candidates = Object.keys(this.document.paths)
      .filter((template) => matches(template, path))
      .sort((a, b) => a.split("{").length - b.split("{").length);
    for (const template of candidates) {
      const operation = this.document.paths[template]?.[method.toLowerCase()];
      if (operation !== undefined) return { template, operation };
    }
    return undefined;
  }

  /** @throws Error naming the difference when the answer is not what the document promises. */
  judge(method: string, path: string, answer: Answer): void {
    const found = this.find(method, path);
    if (found === undefined) {
      this.#judgeUnknown(method, path, answer);
      return;
    }
    const { template, operation } = found;
    const where = `${method} ${template} → ${answer.status}`;
    const response = operation.responses[answer.status];
    if (response === undefined) throw new Error(`${where} is not documented: ${answer.text}`);
    this.seen.add(`${operation.operationId} ${answer.status}`);
    for (const name of answer.headers.keys()) {
      if (
        /^(x-ratelimit-|x-should-retry|retry-after|preference-applied|idempotent-replayed)/.test(name) &&
        response.headers?.[name] === undefined
      ) {
        throw new Error(`${where} sends ${name}, which is not documented`);
      }
    }
    const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
    if (response.content !== undefined && response.content[type] === undefined) {
      throw new Error(`${where} is of type ${type}, which is not documented`);
    }
    if (type !== "application/json") return;
    const pointer = [
      template,
      method.toLowerCase(),
      "responses",
      answer.status,
      "content",
      "application/json",
      "schema",
    ]
      .map((part) => encodeURIComponent(String(part).replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    this.#validate(`api#/paths/${pointer}`, answer, where);
  }

  #judgeUnknown(method: string, path: string, answer: Answer): void {
    if (![404, 405, 204].includes(answer.status)) {
      throw new Error(`${method} ${path} answered ${answer.status} but is in no document`);
    }
    if (answer.status !== 204 && method !== "HEAD") {
      this.#validate("api#/components/schemas/ErrorResponse", answer, `${method} ${path}`);
    }
  }

  #validate(ref: string, answer: Answer, where: string): void {
    let validate = this.#validators.get(ref);
    if (validate === undefined) {
      validate = this.#ajv.compile({ $ref: ref });
      this.#validators.set(ref, validate);
    }
    if (validate(JSON.parse(answer.text))) return;
    throw new Error(
      `${where} does not fit the document: ${this.#ajv.errorsText(validate.errors)}\n${answer.text}`,
    );
  }
}

function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${pattern}$`).test(path);
}

import type { EmbeddingAnswer } from "@agathaai/worker/engine/providers/live-protocol";
import { readCallHeaders } from "../call-headers";
import type { Dialect } from "../dialect";
import { WholeReply } from "../reply/whole-reply";
import { readEmbeddingsInput } from "./embeddings-input";
import { prepareEmbeddings } from "./prepare-embeddings";

/** `POST /v1/embeddings`. */
export const embeddings: Dialect = (body, { principal, headers, at }) => {
  const given = readEmbeddingsInput(body);
  const prepared = prepareEmbeddings(given, { principal, headers: readCallHeaders(headers), at });
  const { user } = prepared;
  const { input, dimensions, encodingFormat, model } = given;
  return {
    prepared,
    answer: ({ engine, id: _, ...parts }) =>
      new WholeReply<EmbeddingAnswer>({ ...parts, call: prepared }).run((sink) =>
        engine.embed(
          {
            targets: prepared.targets,
            caller: principal.orgId,
            ...{ input, dimensions, encodingFormat, model, user },
          },
          (outcome) => sink.end(outcome),
        ),
      ),
  };
};

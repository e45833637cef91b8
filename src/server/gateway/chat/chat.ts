import { readCallHeaders } from "../call-headers";
import type { Dialect } from "../dialect";
import { WholeReply } from "../reply/whole-reply";
import { readChatInput } from "./chat-input";
import { readPlainChat } from "./plain-chat";
import { prepareChat } from "./prepare-chat";
import { StreamReply } from "./stream-reply";

/** `POST /v1/chat/completions`. */
export const chat: Dialect = (body, { principal, headers, at }) => {
  const given = readPlainChat(body) ?? readChatInput(body);
  const prepared = prepareChat(given, { principal, headers: readCallHeaders(headers), at });
  const { input, stream, includeUsage } = prepared;
  return {
    prepared,
    answer: ({ engine, id, exchange, admitted, open, recording }) => {
      const created = Math.floor(at.getTime() / 1_000);
      const head = { id, created, model: given.conversation.model };
      const longCache = prepared.asked.longCache === true;
      const replyParts = { exchange, admitted, open, recording, call: prepared };
      const reply = stream ? new StreamReply(replyParts, { head, includeUsage }) : new WholeReply(replyParts);
      return reply.run((sink) =>
        engine.start(
          {
            targets: prepared.targets,
            caller: principal.orgId,
            input,
            head,
            stream,
            includeUsage,
            longCache,
          },
          sink,
        ),
      );
    },
  };
};

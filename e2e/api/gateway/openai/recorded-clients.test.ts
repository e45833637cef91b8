import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { RecordedCall } from "../../../sdks/recorder";
import { assemble, chunksOf } from "../../../support/chat-stream";
import { useGateway } from "../testing/use-gateway";

/** What the clients of others send (`npm run test:sdks` recorded it), sent again without them. */

const folder = new URL("../../../sdks/recorded/", import.meta.url);
const { api, key } = await useGateway();

const clients = readdirSync(folder).map((file) => {
  const calls: RecordedCall[] = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  return { client: file.replace(".json", ""), calls };
});

describe.each(clients)("calls of $client", ({ calls }) => {
  it.each(calls.map((call, at) => ({ ...call, at: at + 1 })))(
    "$at: $path is answered $status as it was to the client itself",
    async ({ path, status, body }) => {
      const as = status === 401 ? "agt_live_nothing" : key;
      const reply = await api.post(path, { as, body });
      expect(reply.status, reply.text).toBe(status);
      if (reply.headers.get("content-type")?.startsWith("text/event-stream"))
        expect(assemble(chunksOf(reply.text))).toHaveLength(1);
    },
  );
});

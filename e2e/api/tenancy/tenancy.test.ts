import { setTimeout as sleep } from "node:timers/promises";
import { flushAudit } from "@agathaai/core/audit";
import { beforeAll, describe, expect, it } from "vitest";
import type { Meta } from "@/server/trpc/meta";
import { permissions, rolesWith } from "@/shared/permissions";
import { expectRefusal } from "../../support/client";
import { query } from "../../support/database";
import { openOperator } from "./callers";
import {
  api,
  call,
  callers,
  expectNothingOf,
  found,
  idFieldsOf,
  inOrder,
  live,
  may,
  names,
  operations,
  plain,
  stack,
  things,
  victim,
} from "./calls";
import { matrix } from "./matrix";
import { gatewayPaths, systemRoutes } from "./routes";
import { rowsOf, rowsOfWorld } from "./rows";
import { nothingOf } from "./tenants";

describe("the matrix", () => {
  it("has an entry for every procedure of the live router, and no other", () => {
    expect(names.toSorted()).toEqual(Object.keys(live).toSorted());
  });

  it("hands a foreign id to every field that takes one, wherever customers can call", () => {
    let fields = 0;
    for (const name of names.filter((name) => matrix[name].roles !== "operators")) {
      const body = matrix[name].input(things) as Record<string, unknown>;
      for (const field of idFieldsOf(name).filter((field) => field !== "cursor")) {
        fields += 1;
        expect(Object.values(things), `${name}: ${field}`).toContain(body[field]);
        expect(matrix[name].names, name).not.toBe("nothing");
      }
    }
    expect(fields).toBeGreaterThan(15);
  });

  it("gives each call to the roles and programs that the table of permissions has for its scope", () => {
    let scoped = 0;
    for (const name of names) {
      const { access } = (live[name]?._def.meta ?? {}) as Meta;
      const { roles, keys } = matrix[name];
      if (access?.kind !== "scope" && access?.kind !== "user") continue;
      const { scope } = access;
      if (scope === undefined) continue;
      // The rule of `members:write`: the ownership is an owner's.
      if (name === "team.transferOwnership") continue;
      scoped += 1;
      expect(roles, name).toEqual(rolesWith(scope));
      expect(keys, name).toBe(access.kind === "scope" && permissions[scope].programs);
    }
    expect(scoped).toBeGreaterThan(50);
  });

  it("covers every documented route: each is a procedure, or about no tenant", () => {
    const served = [...operations.values()].map(({ path }) => path);
    const documented = Object.keys(api.contract.document.paths);
    const all = new Set([...served, ...systemRoutes, ...gatewayPaths]);
    expect(documented.toSorted()).toEqual([...all].toSorted());
  });
});

describe("the operator console's procedures", () => {
  const theirs = names.filter((name) => matrix[name].roles === "operators");

  it("are the whole console, and the REST API serves none of them", () => {
    expect(theirs).toEqual(names.filter((name) => name.startsWith("operators.")));
    expect(theirs.filter((name) => operations.has(name))).toEqual([]);
  });

  it("are open to an operator in the portal, but not with an access token or an unverified email", async () => {
    const [token, portal] = await openOperator(api, stack);
    for (const name of theirs.filter((name) => live[name]?._def.type === "query")) {
      const input = matrix[name].input(nothingOf());
      expect([200, 400, 404], name).toContain((await call(portal, name, input)).status);
      const known = await call(portal, name, matrix[name].input(things));
      if (matrix[name].names !== "nothing") expect(known.status, `${name}: ${known.text}`).toBe(200);
      expect(await call(token, name, input), name).toMatchObject({ status: 403, code: "insufficient_role" });
    }
    await query("UPDATE users SET email_verified_at = NULL WHERE role = 'operator'");
    await sleep(5_100);
    expect(await call(portal, "operators.queues", {})).toMatchObject({
      status: 403,
      code: "insufficient_role",
    });
  });
});

describe("another tenant's things", () => {
  let before: Record<string, string[]>;

  beforeAll(async () => {
    // The victim's own calls still write after their responses: last uses, the audit log.
    await flushAudit();
    for (let last = ""; ; await sleep(1_500)) {
      before = await rowsOf(victim);
      const now = JSON.stringify(before);
      // Last uses are written together, half a minute apart: until the victim's key has its own, one is still to come.
      if (now === last && !/"last_used_at\\?": null/.test(now)) break;
      last = now;
    }
    expect(Object.values(before).flat().length).toBeGreaterThan(20);
  }, 60_000);

  it.each(names)("%s answers as if the thing had never existed, to permitted callers only", async (name) => {
    const entry = matrix[name];
    const nothing = nothingOf();
    for (const caller of callers) {
      const foreign = await call(caller, name, entry.input(things));
      const unknown = await call(caller, name, entry.input(nothing));
      const where = `${name} by the ${caller.label}: ${foreign.text.slice(0, 300)}`;
      expect(plain(foreign, things), where).toBe(plain(unknown, nothing));
      expectNothingOf(victim, foreign.text, entry.names === "nothing" ? undefined : things);
      if (!may(entry, caller)) {
        expect(foreign.status, where).toBe(403);
        expect(foreign.code, where).toMatch(/^insufficient_(role|scope)$/);
      } else if (entry.names === "thing") expect(foreign.status, where).toBe(404);
      else if (entry.names === "filter") expect(foreign.status, where).toBe(200);
      else expect([401, 403, 500], where).not.toContain(foreign.status);
    }
  });

  it.each(systemRoutes)("%s says nothing about anyone", async (path) => {
    for (const caller of callers.filter(({ kind }) => kind !== "session")) {
      const reply = await fetch(api.url + path, {
        headers: { authorization: `Bearer ${caller.credential}` },
      });
      expectNothingOf(victim, await reply.text(), undefined);
    }
  });

  it("an Idempotency-Key that another tenant used is new for this one", async () => {
    // One of each environment: those of one share it.
    for (const caller of callers.filter(({ kind }) => kind === "live key" || kind === "test key")) {
      const reply = await api.post("/api/v1/inference", {
        as: caller.credential,
        headers: { "idempotency-key": victim.idempotencyKey },
        body: { model: "gpt-4o", prompt: "Hello", max_tokens: 8 },
      });
      expect(reply.status, reply.text).toBe(202);
      expect(reply.headers.get("idempotent-replayed")).toBeNull();
      for (const { things } of Object.values(victim.worlds)) {
        expect(reply.text).not.toContain(things.inference);
      }
    }
  });

  it("no row of another tenant is changed, added or removed", async () => {
    await flushAudit();
    await sleep(1_500);
    expect(await rowsOf(victim)).toEqual(before);
  });
});

describe("the other environment of one's own organization", () => {
  const sides = [
    { own: "live", other: "test" },
    { own: "test", other: "live" },
  ] as const;
  const ofKeys = names.filter((name) => matrix[name].keys && matrix[name].roles !== "operators");
  let before: Record<"live" | "test", string[]>;
  const rows = async () => ({
    live: await rowsOfWorld(victim.orgId, "live"),
    test: await rowsOfWorld(victim.orgId, "test"),
  });

  beforeAll(async () => {
    before = await rows();
    expect(before.live.length).toBeGreaterThan(3);
    expect(before.test.length).toBeGreaterThan(3);
  });

  it.each(ofKeys)("%s answers a key as if nothing of it had ever existed", async (name) => {
    const entry = matrix[name];
    const nothing = nothingOf();
    for (const { own, other } of sides) {
      const { key } = victim.worlds[own];
      const foreign = victim.worlds[other];
      const answer = await call(key, name, entry.input(foreign.things));
      const where = `${name} by ${key.label}: ${answer.text.slice(0, 300)}`;
      // A call that names nothing returns a list of the key's own, which the call before may have changed.
      if (entry.names !== "nothing") {
        const unknown = await call(key, name, entry.input(nothing));
        expect(plain(answer, foreign.things), where).toBe(plain(unknown, nothing));
        expect(answer.status, where).toBe(entry.names === "thing" ? 404 : 200);
      }
      const named = new Set<string>(entry.names === "nothing" ? [] : Object.values(foreign.things));
      for (const secret of foreign.secrets.filter((one) => !named.has(one))) {
        expect(answer.text, where).not.toContain(secret);
      }
    }
  });

  it.each(ofKeys.filter((name) => matrix[name].names === "thing"))(
    "%s finds the same thing for the key of its environment",
    async (name) => {
      for (const { key, things } of Object.values(victim.worlds)) {
        // Deleting is asked last of all, by the owner.
        if (name.endsWith(".delete")) continue;
        const answer = await call(key, name, matrix[name].input(things));
        expect(found, `${name} by ${key.label}: ${answer.text}`).toContain(answer.status);
      }
    },
  );

  it("a key sees only its own lists and statistics, and naming the other environment is refused with the parameter named", async () => {
    for (const { own, other } of sides) {
      const { key, things, secrets } = victim.worlds[own];
      const at = (path: string) => api.get(path, { as: key.credential });
      const [canary = ""] = secrets;
      expect((await at("/api/v1/history")).text).toContain(canary);
      expect((await at("/api/v1/keys")).json.data.map(({ id }) => id)).toEqual([things.key]);
      // One through the queue, one under /v1.
      expect((await at("/api/v1/usage?group_by=api_key")).json.totals.requests).toBe(2);
      for (const path of ["history", "usage", "usage.csv"]) {
        expect((await at(`/api/v1/${path}?environment=${own}`)).status, path).toBe(200);
        for (const refused of [other, "all"]) {
          expectRefusal(
            await at(`/api/v1/${path}?environment=${refused}`),
            400,
            "invalid_request",
            "environment",
          );
        }
      }
    }
  });

  it("the same Idempotency-Key in two environments is two keys", async () => {
    const replays = await Promise.all(
      Object.values(victim.worlds).map(async ({ key, things, secrets: [canary = ""] }) => {
        const reply = await api.post("/api/v1/inference", {
          as: key.credential,
          headers: { "idempotency-key": victim.idempotencyKey },
          body: {
            model: "gpt-4o",
            prompt: `Repeat ${canary}`,
            max_tokens: 64,
            metadata: { [canary]: canary },
          },
        });
        expect(reply.json.id).toBe(things.inference);
        return reply.headers.get("idempotent-replayed");
      }),
    );
    expect(replays).toEqual(["true", "true"]);
  });

  it("a person chooses the environment, live by default, and finds IDs of both", async () => {
    const { live: ofLive, test: ofTest } = victim.worlds;
    const list = async (input: object) => (await call(victim.owner, "history.list", input)).text;
    expect(await list({})).toContain(ofLive.things.inference);
    expect(await list({})).not.toContain(ofTest.things.inference);
    expect(await list({ environment: "test" })).toContain(ofTest.things.inference);
    expect(await list({ environment: "test" })).not.toContain(ofLive.things.inference);
    expect(await list({ environment: "all" })).toContain(ofTest.things.inference);
    for (const { things } of [ofLive, ofTest]) {
      expect((await call(victim.owner, "inference.get", { id: things.inference })).status).toBe(200);
    }
  });

  it("no call of one environment changed a row of the other", async () => {
    expect(await rows()).toEqual(before);
  });
});

describe("everything refused above is available to its owner", () => {
  const owned = inOrder().filter((name) => !["anyone", "operators"].includes(String(matrix[name].roles)));
  let shown = 0;

  // A test each: the last calls end what they are about, so none of this could be tried a second time.
  it.each(owned)("%s reaches something", async (name) => {
    const entry = matrix[name];
    const answer = await call(victim.owner, name, entry.input(things));
    const where = answer.text.slice(0, 500);
    if (entry.names === "thing") expect(found, where).toContain(answer.status);
    if (entry.names === "filter") {
      expect(answer.status, where).toBe(200);
      const unknown = nothingOf();
      const empty = await call(victim.owner, name, entry.input(unknown));
      expect(plain(answer, things), where).not.toBe(plain(empty, unknown));
    }
    if (victim.secrets.some((secret) => answer.text.includes(secret))) shown += 1;
  });

  it("with what the tests above look for in the answers to strangers", () => {
    expect(shown).toBeGreaterThanOrEqual(5);
  });
});

import { z } from "zod";
import { DAY } from "../platform";
import type { RedisClient } from "../platform/redis";
import type { CacheEntry } from "./cache-scope";
import { bytesOf, type EntryStore, MAX_EVICTED } from "./entry-store";

/** The braces keep an organization's entries on one node of a cluster. */
const keyOf = ({ orgId, name }: CacheEntry) => `rc:{${orgId}}:${Buffer.from(name).toString("base64url")}`;
/** Its entries by the time at which they expire, and what each takes, with their `total`. */
const bookkeepingKeysOf = (orgId: string) => [`rc:{${orgId}}:index`, `rc:{${orgId}}:bytes`] as const;
/** For the gauge alone: by organization, its total and when the last of it expires. */
const TOTALS = "rc:totals";

const LONGEST_MS = 30 * DAY;

const forget = `
local index, bytes = KEYS[1], KEYS[2]
local function forget(entry)
  redis.call('UNLINK', entry)
  redis.call('ZREM', index, entry)
  local size = redis.call('HGET', bytes, entry)
  if size then
    redis.call('HDEL', bytes, entry)
    redis.call('HINCRBY', bytes, 'total', -size)
  end
end
local function total() return tonumber(redis.call('HGET', bytes, 'total') or '0') end`;

/** In one step, so that no two writes count the same room. Answers: stored, evicted, total, when the last entry expires. */
const WRITE = `${forget}
local entry = KEYS[3]
local now, expiresAt, size, most, evictions, longest =
  tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
for _, old in ipairs(redis.call('ZRANGEBYSCORE', index, 0, now, 'LIMIT', 0, evictions)) do forget(old) end
forget(entry)
local evicted, stored = 0, 0
if size <= most then
  while total() + size > most and evicted < evictions do
    local first = redis.call('ZRANGE', index, 0, 0)[1]
    if not first then break end
    forget(first)
    evicted = evicted + 1
  end
  if total() + size <= most then
    redis.call('SET', entry, ARGV[1], 'PX', math.max(1, expiresAt - now))
    redis.call('ZADD', index, expiresAt, entry)
    redis.call('HSET', bytes, entry, size)
    redis.call('HINCRBY', bytes, 'total', size)
    redis.call('PEXPIRE', index, longest)
    redis.call('PEXPIRE', bytes, longest)
    stored = 1
  end
end
local last = redis.call('ZREVRANGE', index, 0, 0, 'WITHSCORES')[2] or '0'
return {stored, evicted, total(), last}`;

const DELETE_SOME = `${forget}
local entries = redis.call('ZRANGE', index, 0, tonumber(ARGV[1]) - 1)
for _, entry in ipairs(entries) do forget(entry) end
if #entries == 0 then redis.call('UNLINK', index, bytes) end
return #entries`;

const writtenSchema = z.tuple([z.number(), z.number(), z.number(), z.string()]);

export function inRedis(client: RedisClient): EntryStore {
  return {
    read: async (entry) => (await client.getBuffer(keyOf(entry))) ?? undefined,

    async write(entry, { cipher, expiresAt, maxBytes }) {
      const { orgId } = entry;
      const keys = [...bookkeepingKeysOf(orgId), keyOf(entry)];
      const numbers = [Date.now(), expiresAt.getTime(), bytesOf(cipher), maxBytes, MAX_EVICTED, LONGEST_MS];
      const answer = await client.eval(WRITE, keys.length, ...keys, Buffer.from(cipher), ...numbers);
      const [stored, evicted, total, last] = writtenSchema.parse(answer);
      await client.hset(TOTALS, orgId, `${total} ${last}`);
      return { stored: stored === 1, evicted };
    },

    async deleteAll(orgId) {
      const keys = bookkeepingKeysOf(orgId);
      for (let deleted = -1; deleted !== 0; )
        deleted = z.number().parse(await client.eval(DELETE_SOME, keys.length, ...keys, MAX_EVICTED));
      await client.hdel(TOTALS, orgId);
    },
  };
}

/** The size of all organizations' entries together. */
export async function bytesInRedis(client: RedisClient): Promise<number> {
  const totals = Object.entries(await client.hgetall(TOTALS)).map(([orgId, text]) => {
    const [bytes = 0, expiresAt = 0] = text.split(" ").map(Number);
    return { orgId, bytes, expired: expiresAt <= Date.now() };
  });
  const gone = totals.filter(({ expired }) => expired).map(({ orgId }) => orgId);
  if (gone.length > 0) await client.hdel(TOTALS, ...gone);
  return totals.reduce((sum, { bytes, expired }) => (expired ? sum : sum + bytes), 0);
}

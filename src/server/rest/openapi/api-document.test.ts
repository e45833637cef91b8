import { describe, expect, it } from "vitest";
import { chooseEncoding } from "./api-document";

describe("the encoding of the document", () => {
  it.each([
    [undefined, "identity"],
    ["", "identity"],
    ["identity", "identity"],
    ["gzip", "gzip"],
    ["gzip, deflate, br", "br"],
    ["gzip;q=1.0, br;q=0.5", "gzip"],
    ["br;q=0, gzip;q=0.1", "gzip"],
    ["GZIP", "gzip"],
    ["*", "br"],
    ["*;q=0", "identity"],
    ["zstd", "identity"],
    ["gzip;q=nonsense", "identity"],
    ["identity;q=1, gzip;q=0.2", "identity"],
  ])("of %j is %s", (header, encoding) => expect(chooseEncoding(header)).toBe(encoding));
});

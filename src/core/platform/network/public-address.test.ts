import { describe, expect, it } from "vitest";
import { isPublicAddress } from "./public-address";

describe("an address", () => {
  it.each(["93.184.216.34", "8.8.8.8", "2606:4700::6810:84e5", "::ffff:8.8.8.8"])(
    "%s is of the public internet",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ["127.0.0.1", "loopback"],
    ["127.8.8.8", "loopback"],
    ["10.0.0.1", "private"],
    ["172.16.0.1", "private"],
    ["192.168.1.1", "private"],
    ["169.254.169.254", "link-local: a cloud's metadata"],
    ["100.64.0.1", "carrier-grade"],
    ["0.0.0.0", "unspecified"],
    ["224.0.0.1", "multicast"],
    ["255.255.255.255", "broadcast"],
    ["240.0.0.1", "reserved"],
    ["198.18.0.1", "benchmarking"],
    ["192.0.2.1", "documentation"],
    ["2130706433", "loopback as one number"],
    ["0x7f.1", "loopback in hexadecimal"],
    ["017700000001", "loopback in octal"],
    ["127.1", "loopback, shortened"],
    ["::1", "loopback"],
    ["::", "unspecified"],
    ["::ffff:127.0.0.1", "mapped loopback"],
    ["::ffff:a9fe:a9fe", "mapped link-local"],
    ["fe80::1", "link-local"],
    ["fe80::1%eth0", "with a zone"],
    ["fd00::1", "unique local"],
    ["ff02::1", "multicast"],
    ["64:ff9b::7f00:1", "NAT64 of loopback"],
    ["2002:7f00:1::", "6to4 of loopback"],
    ["::7f00:1", "loopback, as IPv4 was written in IPv6 once"],
    ["::a9fe:a9fe", "a cloud's metadata, likewise"],
    ["fec0::1", "site-local"],
    ["4000::1", "given out to nobody"],
    ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"],
    ["2001:db8::1", "documentation"],
    ["", "nothing"],
    ["localhost", "a name"],
  ])("%s is not: %s", (address) => expect(isPublicAddress(address)).toBe(false));
});

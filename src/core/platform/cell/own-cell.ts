import { env } from "../env";
import { AppError } from "../errors";
import type { CellSite } from "./cell-table";

/** The code of the cell that this process belongs to; undefined where there is one installation only. */
export function ownCell(): string | undefined {
  return env().CELL;
}

/** All cells of the product, the home of what carries no code first; none where there is one installation only. */
export function cellSites(): readonly CellSite[] {
  return env().CELLS;
}

/**
 * Whether what carries this code belongs here. What carries none is from before there were several cells, and belongs to
 * the first.
 */
export function isOwnCell(code: string | undefined): boolean {
  const { CELL, CELLS } = env();
  return (code ?? CELLS[0]?.code ?? CELL) === CELL;
}

/** @throws AppError `wrong_region` for a key of another cell: by its text alone, without a question to anybody. */
export function assertKeyOfOwnCell(code: string | undefined): void {
  if (!isOwnCell(code)) throw wrongRegion("This API key", siteOf(code));
}

/** The refusal of a token that another cell issued; undefined for any other. Its signature is for that cell to check. */
export function refusalByIssuer(token: string): AppError | undefined {
  const issuer = issuerOf(token);
  const site = cellSites().find(({ url }) => issuer === url || issuer?.startsWith(`${url}/`));
  return site === undefined || isOwnCell(site.code) ? undefined : wrongRegion("This access token", site);
}

function siteOf(code: string | undefined): CellSite | undefined {
  const sites = cellSites();
  return code === undefined ? sites[0] : sites.find((site) => site.code === code);
}

function wrongRegion(what: string, site: CellSite | undefined): AppError {
  return new AppError("wrong_region", {
    public:
      site === undefined
        ? `${what} belongs to another region. Send the call to the host where it was created.`
        : `${what} belongs to another region: ${site.label}. Send the call to ${site.url} (with an OpenAI SDK, set the base URL to ${site.url}/v1).`,
  });
}

function issuerOf(token: string): string | undefined {
  const [, payload = ""] = token.split(".");
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    if (typeof claims !== "object" || claims === null || !("iss" in claims)) return undefined;
    return typeof claims.iss === "string" ? claims.iss : undefined;
  } catch {
    return undefined;
  }
}

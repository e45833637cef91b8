import { visibleKeys } from "../keys";
import { type Clock, type Db, type Principal, systemClock } from "../platform";
import { type ListQuery, readPage } from "../platform/list";
import { accountNotFound, readAccount, viewAccounts, withAccount } from "./account-rows";
import type { ServiceAccountView } from "./schemas";

/**
 * The organization's service accounts, newest first; never their secrets. A key or service account sees those of its own environment.
 * @throws AppError `invalid_cursor`.
 */
export async function listServiceAccounts(
  db: Db,
  { principal, input }: { principal: Principal; input: ListQuery },
  clock: Clock = systemClock,
): Promise<{ data: ServiceAccountView[]; next_cursor: string | null }> {
  const { orgId } = principal;
  const reach = visibleKeys(principal);
  const identity = { list: "service_accounts", owner: orgId, filter: reach };
  const { rows, next_cursor } = await readPage(identity, input, ({ where, order, take }) =>
    db.apiKey.findMany({
      where: { ...reach, revokedAt: null, serviceAccount: { isNot: null }, ...where },
      orderBy: { id: order },
      take,
      select: withAccount,
    }),
  );
  const accounts = rows.flatMap(({ serviceAccount: account, ...key }) =>
    account === null ? [] : [{ key, account }],
  );
  return { data: await viewAccounts(db, { orgId, rows: accounts, now: clock.now() }), next_cursor };
}

/** One of those in the caller's reach. @throws AppError `not_found`. */
export async function getServiceAccount(
  db: Db,
  { principal, id }: { principal: Principal; id: string },
  clock: Clock = systemClock,
): Promise<ServiceAccountView> {
  const { orgId, environment } = visibleKeys(principal);
  const row = await readAccount(db, { orgId, id });
  if (environment !== undefined && row.key.environment !== environment) throw accountNotFound();
  const [view] = await viewAccounts(db, { orgId, rows: [row], now: clock.now() });
  if (view === undefined) throw accountNotFound();
  return view;
}

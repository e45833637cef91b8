import type { Metadata } from "next";
import { requireSignIn } from "../current-principal";
import { readFilters, toQuery } from "./filters";
import { RequestsView } from "./requests-view";

export const metadata: Metadata = { title: "Requests" };

export default async function RequestsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const search = await searchParams;
  const filters = readFilters((name) => {
    const value = search[name];
    return typeof value === "string" ? value : null;
  });
  await requireSignIn(`/requests${toQuery(filters)}`);
  return <RequestsView />;
}

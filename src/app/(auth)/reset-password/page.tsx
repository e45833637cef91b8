import type { Metadata } from "next";
import { firstValue, type SearchParams } from "../../_lib/search-params";
import { IncompleteLink, ResetPasswordForm } from "./_components/reset-password-form";

export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

export default async function ResetPasswordPage({ searchParams }: { searchParams: SearchParams }) {
  const token = firstValue((await searchParams).token);
  return token ? <ResetPasswordForm token={token} /> : <IncompleteLink />;
}

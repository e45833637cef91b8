import type { Metadata } from "next";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { firstValue, type SearchParams } from "../../../_lib/search-params";
import { AuthHeading } from "../../_components/auth-heading";

export const metadata: Metadata = { title: "Couldn’t connect the app", referrer: "no-referrer" };

/** Our own words by the standard's codes: an address must not be able to put text on this page. */
const reasons: Readonly<Record<string, string>> = {
  invalid_client: "We don’t know this app. It may have been deleted.",
  invalid_redirect_uri:
    "The app asked to send you to a URL its developer hasn’t registered. We didn’t, because it may not belong to the app.",
  invalid_request: "The app’s request is incomplete or has expired.",
};

/** What went wrong with an app's request, where the app itself cannot be told. */
export default async function OauthErrorPage({ searchParams }: { searchParams: SearchParams }) {
  const reason = firstValue((await searchParams).reason) ?? "";
  return (
    <>
      <AuthHeading title="Couldn’t connect the app">
        {reasons[reason] ?? "Something is wrong with the app’s request."}
      </AuthHeading>
      <p className="mb-6 text-muted">
        Go back to the app and try again. If it happens again, tell its developer.
      </p>
      <Button asChild variant="secondary">
        <Link href="/">Go to AgathaAI</Link>
      </Button>
    </>
  );
}

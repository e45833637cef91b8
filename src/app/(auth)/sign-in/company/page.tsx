import type { Metadata } from "next";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { companyToConfirm } from "@/server/auth/company/company-to-confirm";
import { publicUrl } from "../../../_lib/public-url";
import { safeNext } from "../../../_lib/safe-next";
import { firstValue, type SearchParams } from "../../../_lib/search-params";
import { AuthHeading } from "../../_components/auth-heading";

export const metadata: Metadata = { title: "Sign in with your company", referrer: "same-origin" };

/**
 * Where a link from elsewhere to a company's sign-in ends: anybody may have put it there, and the account that it leads to may be
 * theirs. What is shown is proven or checked; nobody can put their own words here.
 */
export default async function CompanySignInPage({ searchParams }: { searchParams: SearchParams }) {
  const search = await searchParams;
  const connection = firstValue(search.connection);
  const company = await companyToConfirm(connection);
  if (company === null || connection === undefined) return <DeadLink />;
  const next = safeNext(firstValue(search.next), publicUrl());
  const start = `/api/auth/company/start/${connection}?next=${encodeURIComponent(next)}`;
  return (
    <>
      <AuthHeading title="Is this your company?">
        A link brought you here. Continue only if you know both of these.
      </AuthHeading>
      <dl className="mb-6 grid gap-4 rounded-xl border bg-surface p-4">
        <Fact name="Email domain" value={company.domain} />
        <Fact name="Identity provider" value={company.provider} />
      </dl>
      <p className="mb-6 text-muted">
        If you don’t, close this page. You could be signed in to an account that someone else controls, and
        they would see what you do there.
      </p>
      <div className="grid gap-3">
        <Button asChild className="h-10">
          {/* No link of Next's, which would fetch it ahead. */}
          <a href={start}>Continue</a>
        </Button>
        <Button asChild variant="ghost">
          <Link href="/sign-in">Sign in another way</Link>
        </Button>
      </div>
    </>
  );
}

function DeadLink() {
  return (
    <>
      <AuthHeading title="This sign-in link doesn’t work">
        It may be incomplete, or the company no longer signs people in this way. Ask its administrator for a
        new link.
      </AuthHeading>
      <Button asChild className="h-10">
        <Link href="/sign-in">Sign in another way</Link>
      </Button>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className="text-[13px] text-muted">{name}</dt>
      <dd className="mt-0.5 break-all font-medium">{value}</dd>
    </div>
  );
}

import type { Metadata } from "next";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { AuthHeading } from "../_components/auth-heading";
import { ResetPasswordForm } from "./_components/reset-password-form";

export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

export default async function ResetPasswordPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const { token } = await searchParams;
  if (typeof token !== "string" || token === "") {
    return (
      <>
        <AuthHeading title="This link is not complete">
          Open the link in the mail once more, or ask for a new one.
        </AuthHeading>
        <Button asChild>
          <Link href="/forgot-password">Ask for a new link</Link>
        </Button>
      </>
    );
  }
  return <ResetPasswordForm token={token} />;
}

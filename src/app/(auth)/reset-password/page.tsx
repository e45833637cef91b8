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
        <AuthHeading title="This link is incomplete">
          Open the link in the email again, or request a new one.
        </AuthHeading>
        <Button asChild>
          <Link href="/forgot-password">Request new link</Link>
        </Button>
      </>
    );
  }
  return <ResetPasswordForm token={token} />;
}

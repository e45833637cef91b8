import Link from "next/link";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "../../_components/page-header";

/** In place of the console, for an operator who signs in with a password alone. */
export function FactorNeeded() {
  return (
    <>
      <PageHeader title="Operator console" />
      <EmptyState
        title="Add a second factor"
        action={
          <Button asChild>
            <Link href="/settings#security">Go to Settings</Link>
          </Button>
        }
      >
        The console shows customers’ organizations, so it opens only to operators with an authenticator app or
        a passkey.
      </EmptyState>
    </>
  );
}

import Link from "next/link";
import { Button } from "@/components/ui/button";
import { AuthHeading } from "../../_components/auth-heading";

export function DeviceDone({ app, decided }: { app: string; decided: "allow" | "deny" }) {
  return (
    <>
      <AuthHeading title={decided === "allow" ? "Device connected" : "Request canceled"}>
        {decided === "allow"
          ? `Go back to your device: ${app} continues there in a few seconds. You can close this page.`
          : `${app} wasn’t connected. You can close this page.`}
      </AuthHeading>
      <Button asChild variant="secondary">
        <Link href="/settings#connected-apps">View connected apps</Link>
      </Button>
    </>
  );
}

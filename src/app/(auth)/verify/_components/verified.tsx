import { Button } from "@/components/ui/button";
import { AuthHeading } from "../../_components/auth-heading";

export function Verified({ passwordChanged = false }: { passwordChanged?: boolean }) {
  return (
    <div role="status">
      <AuthHeading title="Your email is verified">
        You can create live keys and call every model.
        {passwordChanged && " Your password is the one you just entered."}
      </AuthHeading>
      <Button asChild>
        {/* A full load, so that the portal sees the new session at once; without one it asks to sign in. */}
        <a href="/overview">Go to overview</a>
      </Button>
    </div>
  );
}

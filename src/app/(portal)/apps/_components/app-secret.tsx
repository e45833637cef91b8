import { Button } from "@/components/ui/button";
import { DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { ClientId } from "../../_components/credentials/client-id";
import { SecretOnce } from "../../_components/credentials/secret-once";

interface AppSecretProps {
  title: string;
  clientId: string;
  /** None for a public app. */
  secret: string | null;
  /** What else to know. */
  note?: string;
  onDone: () => void;
}

/** An app's client ID and, unless it is a public app, its secret, shown once. */
export function AppSecret({ title, clientId, secret, note, onDone }: AppSecretProps) {
  if (secret === null) {
    return (
      <DialogContent
        title={title}
        description="A public app has no secret: it proves each sign-in with PKCE."
      >
        <ClientId id={clientId} />
        <DialogFooter>
          <Button onClick={onDone}>Done</Button>
        </DialogFooter>
      </DialogContent>
    );
  }
  return (
    <DialogContent
      title={title}
      description="Copy its client secret now. You can’t see it again."
      closable={false}
    >
      <ClientId id={clientId} />
      <SecretOnce secret={secret} label="Client secret" noun="secret" onDone={onDone}>
        {note && <p className="mt-2 text-[13px] text-muted">{note}</p>}
      </SecretOnce>
    </DialogContent>
  );
}

import type { Credentials } from "../../../shared/format/credentials";
import { Action, Paragraph, portalUrl } from "../../platform/mail";

/** What owners can do about keys and service accounts that ended, and where. */
export function EndedCredentials({ ended: { keys, serviceAccounts } }: { ended: Credentials }) {
  const replacements = [...(keys > 0 ? ["key"] : []), ...(serviceAccounts > 0 ? ["service account"] : [])];
  return (
    <>
      <Paragraph>
        {`Programs that use one of them are refused. Create a new ${replacements.join(" or ")} for each that you still need.`}
      </Paragraph>
      {keys > 0 && <Action label="View keys" url={portalUrl("/keys")} />}
      {serviceAccounts > 0 && <Action label="View service accounts" url={portalUrl("/service-accounts")} />}
    </>
  );
}

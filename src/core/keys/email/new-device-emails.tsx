import { formatExactUtc } from "../../../shared/time";
import { env } from "../../platform/env";
import { renderEmail } from "../../platform/mail/email-layout";
import type { Email } from "../../platform/mail/send-email";
import type { KeyView } from "../schemas";

interface Made {
  device: string;
  at: Date;
}

const subject = "An API key was made from a new place";

/** To whoever made it. The only one of the two with the network address: that is theirs to know. */
export function newDeviceEmail(key: KeyView, { ip, ...made }: Made & { ip: string | null }): Email {
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        "Somebody signed in to your AgathaAI account made an API key at a place where you have not been seen before.",
        "If it was you, there is nothing to do: the next keys from there are not mailed. If it was not you, revoke the key, then change your password; that signs out every other session.",
      ],
      facts: [...facts(key, made), ...(ip === null ? [] : [["Network address", ip] as const])],
      action: action(key),
      footer: "This mail protects your account and cannot be switched off.",
    }),
  };
}

export function newDeviceEmailToOwner(
  key: KeyView,
  { organization, maker, ...made }: Made & { organization: string; maker: string },
): Email {
  return {
    subject,
    ...renderEmail({
      title: subject,
      paragraphs: [
        `${maker} made an API key for your organization “${organization}” at a place where they have not been seen before.`,
        "Ask them whether it was them; they were told as well. If it was not, revoke the key.",
      ],
      facts: facts(key, made),
      action: action(key),
      footer:
        "You get this mail because you own the organization. It protects your account and cannot be switched off.",
    }),
  };
}

/** Without its name: that is what somebody typed, a stranger maybe. The shown part of the secret tells it as well. */
function facts({ environment, prefix, last_four }: KeyView, { device, at }: Made) {
  return [
    ["Key", `${prefix}…${last_four} (${environment})`],
    ["Made", formatExactUtc(at)],
    ["Device", device],
  ] as const;
}

function action({ id }: KeyView) {
  return { label: "Look at the key", url: new URL(`/keys/${id}`, env().APP_URL).href };
}

import { formatExactUtc } from "../../../shared/format/time";
import { type ComponentId, componentName, isComponent } from "../../../shared/status-components";
import { Action, type Email, EmailLayout, Facts, Paragraph, portalUrl } from "../../platform/mail";
import type { NoticeState, NoticeView } from "../schemas";

/** To an address that anyone may have entered. */
export function confirmSubscriptionEmail(token: string): Email {
  const subject = "Confirm your subscription to AgathaAI status";
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead="You’ll get an email for every update of an incident or maintenance. You can unsubscribe in each of them."
        footer="If it wasn’t you who subscribed, ignore this email: nothing is stored, and you’ll get no more."
      >
        <Action label="Confirm subscription" url={portalUrl("/status/confirm", { token })} />
        <Paragraph>The link works for two days.</Paragraph>
      </EmailLayout>
    ),
  };
}

const words: Record<NoticeState, string> = {
  investigating: "Investigating",
  identified: "Identified",
  monitoring: "Monitoring",
  resolved: "Resolved",
  scheduled: "Scheduled",
  in_progress: "In progress",
  completed: "Completed",
  canceled: "Canceled",
};

export interface UpdateToSend {
  noticeId: string;
  kind: NoticeView["kind"];
  title: string;
  components: readonly string[];
  state: NoticeState;
  text: string;
  startsAt: Date;
  endsAt: Date | null;
}

/** One update, as it stands on the status page. */
export function statusUpdateEmail(update: UpdateToSend, unsubscribeToken: string): Email {
  const { noticeId, kind, title, components, state, text, startsAt, endsAt } = update;
  const names = components.filter((id): id is ComponentId => isComponent(id)).map(componentName);
  const until = endsAt === null ? [] : ([["Ends", formatExactUtc(endsAt)]] as const);
  const subject = `${words[state]}: ${title}`;
  return {
    subject,
    body: (
      <EmailLayout
        title={subject}
        lead={text}
        footer="You’re receiving this because you subscribed to AgathaAI’s status page."
        unsubscribeUrl={portalUrl("/status/unsubscribe", { token: unsubscribeToken })}
      >
        <Facts
          rows={[
            ["State", words[state]],
            ["Affects", names.join(", ")],
            [kind === "incident" ? "Began" : "Begins", formatExactUtc(startsAt)],
            ...until,
          ]}
        />
        <Action label="View status" url={`${portalUrl("/status")}#${noticeId}`} />
      </EmailLayout>
    ),
  };
}

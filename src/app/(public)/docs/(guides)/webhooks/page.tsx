import { webhookSnippets } from "@/components/snippets/webhook-snippets";
import { CodeBlock } from "@/components/ui/code/code-block";
import { CodeTabs } from "@/components/ui/code/code-tabs";
import { type EventType, eventTypeIds, eventTypes } from "@/shared/webhooks/events";
import { type EventExample, eventExamples } from "@/shared/webhooks/examples";
import { publicUrl } from "../../../../_lib/public-url";
import { Code, Guide, GuideLink, List, linkLook, Section } from "../../../_components/guide";
import { guideMetadata } from "../../_lib/guides";

export const metadata = guideMetadata("/docs/webhooks");

export default function WebhooksGuidePage() {
  return (
    <Guide path="/docs/webhooks">
      <Section id="add" title="Add an endpoint">
        <p>
          Add one in the portal under <GuideLink href="/webhooks">Webhooks</GuideLink>, or through the API
          with a key that has <Code>webhooks:write</Code>. You get its signing secret once. The URL has to be
          public and use HTTPS.
        </p>
        <CodeBlock
          label="Add an endpoint"
          wrap
          code={`curl ${publicUrl()}/api/v1/webhooks \\\n  -H "Authorization: Bearer $AGATHA_API_KEY" \\\n  -H "Content-Type: application/json" \\\n  -d '{"url":"https://example.com/webhooks/agathaai","events":["inference.completed","inference.failed"]}'`}
        />
        <p>
          An organization can have 10 endpoints. Each receives the events of one environment. Events about the
          whole organization, such as billing, go to live endpoints.
        </p>
      </Section>

      <Section id="events" title="Events">
        <List>
          {eventTypeIds.map((type) => (
            <li key={type}>
              <Code>{type}</Code>: {eventTypes[type]}
            </li>
          ))}
        </List>
        <CodeBlock
          label="An event"
          code={JSON.stringify(
            {
              type: "inference.completed",
              timestamp: "2026-11-23T12:00:00.000Z",
              organization_id: "org_01m844dwt2e7xshsqpzrgk79p5",
              environment: "live",
              data: eventExamples["inference.completed"].data,
            },
            null,
            2,
          )}
        />
        <p>
          An event holds IDs and figures, never a prompt, an answer, a name or an address. Fetch what you need
          by its ID: <Code>GET /api/v1/inference/:id/result</Code>. Calls to <Code>/v1</Code> send no events,
          because the caller already has the answer.
        </p>
      </Section>

      <Section id="data" title="What each event holds">
        <p>
          The <Code>data</Code> of every event, by an example.
        </p>
        {eventTypeIds.map((type) => (
          <EventData key={type} type={type} />
        ))}
      </Section>

      <Section id="verify" title="Verify the signature">
        <p>
          Events are signed as{" "}
          <a href="https://www.standardwebhooks.com" className={linkLook}>
            Standard Webhooks
          </a>{" "}
          describes, with <Code>webhook-id</Code>, <Code>webhook-timestamp</Code> and{" "}
          <Code>webhook-signature</Code>. Verify the raw body before you parse it. Refuse events older than
          five minutes: the libraries do.
        </p>
        <CodeTabs samples={webhookSnippets} label="A receiver" />
      </Section>

      <Section id="retries" title="Delivery and retries">
        <List>
          <li>
            Respond with 2xx within 15 seconds. Anything else is a failure, redirects included. Respond first
            and work later.
          </li>
          <li>
            A failed event is sent again after 5 seconds, 1 minute, 5 minutes, 30 minutes, 2, 5, 10, 14, 20
            and 20 hours: 11 attempts within three days.
          </li>
          <li>
            An event may arrive more than once, always with the same <Code>webhook-id</Code>: remember the IDs
            you have handled. Events may arrive in any order.
          </li>
          <li>
            <Code>410 Gone</Code> disables the endpoint at once. An endpoint that accepts nothing for three
            days is disabled, and we email owners and admins.
          </li>
          <li>
            Deliveries are kept for seven days, with the body and each response. Send any of them again from
            the portal, or with <Code>POST /api/v1/webhook-deliveries/:id/redeliver</Code>.
          </li>
        </List>
      </Section>

      <Section id="rotate" title="Rotate the secret">
        <p>
          After a rotation, events carry two signatures for 24 hours, one by each secret. Deploy the new one
          within that time; no event is refused meanwhile.
        </p>
      </Section>
    </Guide>
  );
}

function EventData({ type }: { type: EventType }) {
  const { data, nullable }: EventExample = eventExamples[type];
  return (
    <>
      <p>
        <Code>{type}</Code>
        {nullable.length > 0 && `, of which ${nullable.join(", ")} may be null`}
      </p>
      <CodeBlock label={`Data of ${type}`} wrap code={JSON.stringify(data, null, 2)} />
    </>
  );
}

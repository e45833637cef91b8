import type { CodeSample } from "../ui/code/code-tabs";

const node = `import express from "express";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.AGATHA_WEBHOOK_SECRET);

express()
  .post("/webhooks/agathaai", express.raw({ type: "*/*" }), (request, response) => {
    let event;
    try {
      event = webhook.verify(request.body, request.headers);
    } catch {
      return response.sendStatus(400);
    }
    enqueue(request.headers["webhook-id"], event); // answer first, work later
    response.sendStatus(204);
  })
  .listen(8080);`;

const python = `import os
from flask import Flask, request
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

app = Flask(__name__)
webhook = Webhook(os.environ["AGATHA_WEBHOOK_SECRET"])

@app.post("/webhooks/agathaai")
def receive():
    try:
        event = webhook.verify(request.get_data(), dict(request.headers))
    except WebhookVerificationError:
        return "", 400
    enqueue(request.headers["webhook-id"], event)  # answer first, work later
    return "", 204`;

const go = `func receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("AGATHA_WEBHOOK_SECRET"), "whsec_"))
	id, at := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, at, body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	seconds, _ := strconv.ParseInt(at, 10, 64)
	genuine := false
	for _, got := range strings.Fields(r.Header.Get("webhook-signature")) {
		genuine = genuine || hmac.Equal([]byte(got), []byte(want))
	}
	if !genuine || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	enqueue(id, body) // answer first, work later
	w.WriteHeader(http.StatusNoContent)
}`;

/** A receiver that verifies an event before it believes it. */
export const webhookSnippets: CodeSample[] = [
  { language: "Node.js", code: node },
  { language: "Python", code: python },
  { language: "Go", code: go },
];

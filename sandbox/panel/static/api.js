/** Ask the server to do something; what it refuses comes back as an Error with its own words. */
export async function post(route, body) {
  let answer;
  try {
    answer = await fetch(`/sandbox/${route}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("The demo does not answer. Is it still running?");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error || "That did not work.");
  return said;
}

// Runs Newman with one request per iteration, and prints what it took as JSON. Arguments: url, iterations.
import newman from 'newman';

const [, , url, iterations] = process.argv;
const exec = [
  "pm.test('status', () => pm.response.to.have.status(200));",
  "pm.test('status of the order', () => pm.expect(pm.response.json().status).to.eql('paid'));",
];
const collection = {
  info: { name: 'bench', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
  item: [
    {
      name: 'order',
      request: { method: 'GET', url },
      event: [{ listen: 'test', script: { type: 'text/javascript', exec } }],
    },
  ],
};
newman.run({ collection, iterationCount: Number(iterations), reporters: [] }, (error, summary) => {
  if (error) throw error;
  const { timings, stats, failures } = summary.run;
  const { total, failed } = stats.assertions;
  process.stdout.write(
    `${JSON.stringify({ milliseconds: timings.completed - timings.started, assertions: total, failed, failures: failures.length })}\n`,
  );
});

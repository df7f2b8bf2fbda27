import { Redirect, Route } from "wouter";
import { ExperimentById, ExperimentByName } from "./pages/Experiment";
import { Experiments } from "./pages/Experiments";
import { Nowhere } from "./pages/Nowhere";
import { Runs } from "./pages/Runs";
import { RunView } from "./pages/run/RunView";

/** One table of routes is the list of pages. Unknown query parameters are ignored everywhere. */
export const routes = [
  <Route key="home" path="/" component={Experiments} />,
  <Route key="experiments" path="/experiments" component={Experiments} />,
  <Route key="by-id" path="/experiments/id/:guid">
    {({ guid }) => <ExperimentById guid={guid} />}
  </Route>,
  <Route key="by-name" path="/experiments/:name">
    {({ name }) => <ExperimentByName name={name} />}
  </Route>,
  <Route key="runs" path="/runs" component={Runs} />,
  <Route key="run" path="/runs/:id">
    {({ id }) => <RunView runId={id} tab="details" />}
  </Route>,
  <Route key="details" path="/runs/:id/details">
    {({ id }) => <Redirect to={`/runs/${encodeURIComponent(id)}`} replace />}
  </Route>,
  <Route key="metrics" path="/runs/:id/metrics">
    {({ id }) => <RunView runId={id} tab="metrics" />}
  </Route>,
  <Route key="logs" path="/runs/:id/logs">
    {({ id }) => <RunView runId={id} tab="logs" />}
  </Route>,
  <Route key="nowhere" component={Nowhere} />,
];

/** Which file a run's logs open with, by itself. */
import type { Artifact, Run } from "../../api/types";
import { isWaiting } from "../../ui/status";

export const DRIVER_LOG = "azureml-logs/70_driver_log.txt";
export const BUILD_LOG = "azureml-logs/20_image_build_log.txt";

/** The build log while the run prepares or when its build failed, else the driver log, else what there is. */
export function mainLog(run: Pick<Run, "status" | "error">, files: Pick<Artifact, "path">[]): string | null {
  const has = (path: string) => files.some((file) => file.path === path);
  const wantsBuild = isWaiting(run.status) || run.error?.code === "BuildFailed";
  if (wantsBuild && has(BUILD_LOG)) return BUILD_LOG;
  if (has(DRIVER_LOG)) return DRIVER_LOG;
  return files.find((file) => file.path.startsWith("azureml-logs/"))?.path ?? files[0]?.path ?? null;
}

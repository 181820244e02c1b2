/** What every grading on this machine shares. */
export async function graderContext(): Promise<{readonly secret: string; readonly graderVersion: string; readonly root: string}> {
  const [{courseSecret}, {projectRoot}, {graderVersion}] = await Promise.all([
    import('../grader/secret.ts'),
    import('../project/root.ts'),
    import('../grader/version.ts'),
  ]);
  return {
    secret: await courseSecret(),
    graderVersion: graderVersion(projectRoot),
    root: projectRoot,
  };
}

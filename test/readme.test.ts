import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {ownCourse, readLesson} from '../exercises/build/index.ts';
import {projectRoot} from '../project/root.ts';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

describe('README', () => {
  it.each(ownCourse.slugs())('lists %s with its title, core mark and picture', slug => {
    const {title, core} = readLesson(ownCourse.folder(slug)).manifest;
    const [row = ''] = readme.split('\n').filter(line => line.includes(`](notebooks/${slug}.ipynb)`));
    expect(row).toContain(`[${slug.slice(0, 2)} ${title}](notebooks/${slug}.ipynb)${core ? ' ●' : ' |'}`);
    expect(row).toMatch(/<img src="docs\/pictures\/lessons\/\d\d\.png"/);
  });

  it('links to nothing that is not there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)|<img src="([^"]+)"/g)].map(([, link, image]) => link ?? image!);
    expect(links.length).toBeGreaterThan(ownCourse.slugs().length);
    expect(links.filter(link => !existsSync(join(projectRoot, link)))).toEqual([]);
  });
});

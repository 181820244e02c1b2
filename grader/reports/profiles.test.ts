import {expect, it} from 'vitest';
import {parseRoster} from '../gradebook/roster.ts';
import {exportGrades} from './profiles.ts';
import {gradedLearners, sampleAssignment, sampleResult} from './reports.fixture.ts';

const worksheet = [
  'Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (submission),Last modified (grade),Feedback comments',
  'Participant 4711,Ada Lovelace,ada@x.org,Submitted,,5.00,"Tuesday, 10 November 2026, 10:00 AM",-,',
  'Participant 4712,Al Late,al@x.org,No submission,,5.00,-,-,',
];

it("fills in Moodle's grading worksheet, and changes nothing else of it", async () => {
  const students = parseRoster(worksheet.join('\n'), 'worksheet.csv');
  expect(students.map(({id, firstName, lastName}) => [id, firstName, lastName])).toEqual([
    ['Participant 4711', 'Ada', 'Lovelace'],
    ['Participant 4712', 'Al', 'Late'],
  ]);
  const learners = gradedLearners([sampleResult({learner: 'Participant 4711'}), sampleResult({learner: 'guest'})], {students});
  const [ada, guest] = learners.map(({grade}) => grade);
  const late = {...ada!, learner: 'Participant 4712', student: students[1]!, score: undefined, reason: 'Nothing was handed in.'};
  let text = '';
  for await (const line of exportGrades('moodle', sampleAssignment({students}), [{...ada!, student: students[0]!}, late, guest!]))
    text += line;
  expect(text.trimEnd().split('\r\n')).toEqual([
    worksheet[0],
    'Participant 4711,Ada Lovelace,ada@x.org,Submitted,3,5.00,"Tuesday, 10 November 2026, 10:00 AM",-,',
    'Participant 4712,Al Late,al@x.org,No submission,,5.00,-,-,Not graded: Nothing was handed in.',
  ]);
});

// All words of the page, in each of its languages; a test holds that each has all of them.

const verdicts = (recommended, possible, unsuitable, excluded, undecided) => ({ recommended, possible, unsuitable, excluded, undecided });

const en = {
  lang: 'en', name: 'English', comma: ', ', colon: ': ',
  product: 'Qudao', tagline: 'Rules that say why', skip: 'To the answer',
  playground: 'Playground', interview: 'Interview', view: 'View', language: 'Language',
  example: 'Example', shipped: 'Rulesets', cookbook: 'Cookbook', open: 'Open…', openHint: 'Open files, or a saved archive', saveAll: 'Save all (.zip)', saveFile: 'Save this file',
  share: 'Copy link', shared: 'The link is copied. It holds all files; nothing was sent.', shareFailed: 'The link stands in the address bar.',
  undo: 'As opened', undoHint: 'Take back all changes since it was opened',
  rules: 'Rules', profile: 'Profile', answer: 'Answer', tests: 'Tests', changes: 'Changes', report: 'Report', problems: 'Problems',
  files: 'Files', newFile: 'New file', fileName: 'Name of the new file', format: 'Lay out', editor: name => `Text of ${name}`,
  text: 'Text', tryIt: 'What if', trying: count => (count === 1 ? '1 answer tried' : `${count} answers tried`),
  keep: 'Keep in the profile', takeBack: 'Take back', newProfile: 'Empty profile',
  noProblems: 'No problems', found: (errors, warnings, notes) => [
    errors && `${errors} ${errors === 1 ? 'error' : 'errors'}`, warnings && `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
    notes && `${notes} ${notes === 1 ? 'note' : 'notes'}`].filter(Boolean).join(', '),
  severity: { error: 'error', warning: 'warning', note: 'note' },
  deeper: 'Look deeper', deeperHint: 'Prove which rules can never fire, which profiles get no recommendation, and more',
  stale: 'The ruleset has errors; this is the answer from before.', unusable: 'The ruleset has errors. Mend them to get an answer.',
  wrongProfile: 'The profile cannot be used:', loading: 'The engine is loading…', busy: 'Still at work…', stop: 'Stop', stopped: 'Stopped.',
  noTests: 'The ruleset has no tests.', same: 'Nothing was changed since it was opened.',
  print: 'Print', saveReport: 'Save the page', proof: 'Whole proof', proofOf: title => `Proof: ${title}`, close: 'Close',
  nothingLeaves: 'Everything happens on this machine; nothing is sent.',
  readFailed: name => `${name} cannot be read as text.`, noRuleset: 'None of the files begins a ruleset.', badLink: 'The link cannot be read.',
  verdicts: verdicts('recommended', 'possible', 'unsuitable', 'excluded', 'undecided'),
  effects: { score: 'points', exclude: 'excluded', cap: 'at most', needs: 'needs' },
  states: { met: 'done', unmet: 'to do', unknown: 'not known' }, truth: { true: 'true', false: 'false', unknown: 'open' },
  points: score => (score === 1 ? '1 point' : `${String(score).replace('-', '−')} points`), was: verdict => `was ${verdict}`, wasPlace: rank => `was number ${rank}`,
  wasFirst: title => `Before, ${title} came first.`, nothing: 'nothing', couldBe: all => `Could be ${all}.`, together: all => `Together: ${all}.`,
  waiting: 'Waits for an answer', toDo: 'To do', notes: 'To be noted', missing: 'Answers that could change a verdict', restsOn: 'rests on', through: name => `through ${name}`,
  allExcluded: 'All are excluded.', tie: all => `A tie: ${all}.`, first: (title, verdict) => `${title}: ${verdict}.`, firstSoFar: (title, verdict) => `So far ${title}: ${verdict}.`,
  asOf: day => `as of ${day}`, yes: 'Yes', no: 'No', dontKnow: "I don't know", notKnown: 'not known', none: 'none', noneOfThese: 'None of these', mixes: 'Combinations',
  intro: 'Answer what you know. You can go back, change an answer, or leave it open.', oneByOne: 'One at a time', allAtOnce: 'All on one page',
  next: 'Next', back: 'Back', change: 'Change', changeOf: question => `Change the answer to: ${question}`, yourAnswers: 'Your answers', whyAsked: 'Why this is asked',
  left: count => (count === 0 ? 'No answer is needed any more' : count === 1 ? '1 answer still needed at most' : `${count} answers still needed at most`),
  assumed: value => `We assume: ${value}. Is that right?`, confirm: 'Yes, that is right', chooseFirst: 'Choose an answer, or say that you do not know.',
  wrongValue: 'This is no answer that the question takes', more: 'Some answers would add notes and things to do', answerMore: 'Answer these too', done: 'To the answer',
  yourAnswer: 'The answer', changeAnswers: 'Change answers', again: 'Start anew', saveAnswers: 'Save the answers', saveHint: 'The answers are a profile: give it to your consultant, or open it here again.',
  openAnswers: 'Go on from saved answers…', otherQuestions: 'Other questions',
};

const zh = {
  lang: 'zh', name: '中文', comma: '、', colon: '：',
  product: '渠道', tagline: '说得出理由的规则', skip: '跳到结论',
  playground: '试验场', interview: '问答', view: '视图', language: '语言',
  example: '示例', shipped: '规则集', cookbook: '食谱', open: '打开…', openHint: '打开文件，或打开保存过的压缩包', saveAll: '全部保存（.zip）', saveFile: '保存此文件',
  share: '复制链接', shared: '链接已复制，其中包含所有文件；没有发送任何内容。', shareFailed: '链接在地址栏中。',
  undo: '恢复原样', undoHint: '撤销打开之后的所有修改',
  rules: '规则', profile: '档案', answer: '结论', tests: '测试', changes: '变化', report: '报告', problems: '问题',
  files: '文件', newFile: '新建文件', fileName: '新文件的名称', format: '排版', editor: name => `${name} 的文本`,
  text: '文本', tryIt: '假设', trying: count => `试了 ${count} 个回答`,
  keep: '写入档案', takeBack: '撤销', newProfile: '空白档案',
  noProblems: '没有问题', found: (errors, warnings, notes) => [
    errors && `${errors} 个错误`, warnings && `${warnings} 个警告`, notes && `${notes} 个提示`].filter(Boolean).join('，'),
  severity: { error: '错误', warning: '警告', note: '提示' },
  deeper: '深入检查', deeperHint: '证明哪些规则永远不会生效、哪些档案得不到推荐，等等',
  stale: '规则有错误；这是之前的结论。', unusable: '规则有错误，改正后才有结论。',
  wrongProfile: '档案无法使用：', loading: '正在加载引擎…', busy: '仍在计算…', stop: '停止', stopped: '已停止。',
  noTests: '规则没有测试。', same: '打开之后没有修改。',
  print: '打印', saveReport: '保存网页', proof: '完整证明', proofOf: title => `证明：${title}`, close: '关闭',
  nothingLeaves: '一切都在这台机器上进行，不会发送任何内容。',
  readFailed: name => `${name} 无法作为文本读取。`, noRuleset: '这些文件中没有规则集的开头。', badLink: '链接无法读取。',
  verdicts: verdicts('推荐', '可行', '不合适', '排除', '未定'),
  effects: { score: '分数', exclude: '排除', cap: '上限', needs: '需要' },
  states: { met: '已完成', unmet: '待办', unknown: '未知' }, truth: { true: '成立', false: '不成立', unknown: '未定' },
  points: score => `${String(score).replace('-', '−')} 分`, was: verdict => `原为${verdict}`, wasPlace: rank => `原为第 ${rank} 位`,
  wasFirst: title => `之前排在首位的是${title}。`, nothing: '无', couldBe: all => `可能是${all}。`, together: all => `组合：${all}。`,
  waiting: '等待回答', toDo: '待办', notes: '说明', missing: '可能改变结论的回答', restsOn: '依据', through: name => `通过 ${name}`,
  allExcluded: '全部被排除。', tie: all => `并列：${all}。`, first: (title, verdict) => `${title}：${verdict}。`, firstSoFar: (title, verdict) => `目前${title}：${verdict}。`,
  asOf: day => `截至 ${day}`, yes: '是', no: '否', dontKnow: '不清楚', notKnown: '未知', none: '无', noneOfThese: '都没有', mixes: '组合',
  intro: '知道什么就回答什么。可以返回、修改，也可以留空。', oneByOne: '逐个回答', allAtOnce: '在一页上回答',
  next: '下一题', back: '返回', change: '修改', changeOf: question => `修改回答：${question}`, yourAnswers: '您的回答', whyAsked: '为什么问',
  left: count => (count === 0 ? '不再需要回答' : `最多还需要 ${count} 个回答`),
  assumed: value => `我们假定：${value}。对吗？`, confirm: '对', chooseFirst: '请选择一个回答，或选择“不清楚”。',
  wrongValue: '这个问题不接受这样的回答', more: '有些回答会增加说明和待办', answerMore: '也回答这些', done: '看结论',
  yourAnswer: '结论', changeAnswers: '修改回答', again: '重新开始', saveAnswers: '保存回答', saveHint: '回答就是一份档案：可以交给您的顾问，也可以在这里再次打开。',
  openAnswers: '从保存的回答继续…', otherQuestions: '其他问题',
};

export const CATALOGUE = { en, zh };

/** The words of a language: the reader's, unless the link or the page says another. */
export function wordsOf(tag) {
  return CATALOGUE[(tag ?? navigator.language ?? 'en').slice(0, 2).toLowerCase()] ?? en;
}

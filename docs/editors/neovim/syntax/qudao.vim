" Colours for where no parser of tree-sitter is built.
if exists("b:current_syntax")
  finish
endif
syntax match qudaoComment /#.*/
syntax region qudaoText start=/"/ skip=/\\"/ end=/"/ contains=qudaoHole oneline
syntax region qudaoLongText start=/"""/ end=/"""/ contains=qudaoHole
syntax match qudaoHole /{[^{}"]*}/ contained
syntax match qudaoNumber /\<\d[0-9_.]*%\?/
syntax match qudaoDate /\<\d\{4}-\d\d-\d\d\>/
syntax keyword qudaoDeclaration ruleset source unit enum scale profile section fact facts parameter channel mix requirement
syntax keyword qudaoDeclaration weight levels let measure rule table verdicts test property texts import extends override remove
syntax keyword qudaoClause when then because from needs given expect for each where exception
syntax keyword qudaoOperator and or not in has is if else per
syntax keyword qudaoConstant true false unknown today
highlight default link qudaoComment Comment
highlight default link qudaoText String
highlight default link qudaoLongText String
highlight default link qudaoHole Special
highlight default link qudaoNumber Number
highlight default link qudaoDate Number
highlight default link qudaoDeclaration Keyword
highlight default link qudaoClause Statement
highlight default link qudaoOperator Operator
highlight default link qudaoConstant Constant
let b:current_syntax = "qudao"

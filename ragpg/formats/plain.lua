-- What Markdown has no words for, so that pandoc would write HTML: divisions, and tables whose cells
-- have blocks. The title and the abstract, which are metadata in Org and LaTeX, begin the document.

local ON_ONE_LINE = {
  SoftBreak = pandoc.Space,
  LineBreak = pandoc.Space,
  Code = function(code)
    code.text = code.text:gsub('%s+', ' ')
    return code
  end,
  CodeBlock = function(block) return pandoc.Para { pandoc.Code(block.text) } end,
}

-- Items of lists are parted like paragraphs.
local function flatten(blocks)
  local flat = pandoc.Blocks {}
  for _, block in ipairs(blocks) do
    if block.t == 'BulletList' or block.t == 'OrderedList' then
      for _, item in ipairs(block.content) do
        flat:extend(flatten(item))
      end
    else
      flat:insert(block)
    end
  end
  return flat
end

local function write_cell(blocks)
  local inlines = pandoc.utils.blocks_to_inlines(flatten(blocks), { pandoc.Str(';'), pandoc.Space() })
  return { pandoc.Plain(inlines):walk(ON_ONE_LINE) }
end

local function write_row(row)
  local written = {}
  for number, cell in ipairs(row) do
    written[number] = write_cell(cell)
  end
  return written
end

function Table(content)
  local simple = pandoc.utils.to_simple_table(content)
  simple.headers = write_row(simple.headers)
  for number, row in ipairs(simple.rows) do
    simple.rows[number] = write_row(row)
  end
  for number in ipairs(simple.widths) do
    simple.widths[number] = 0
  end
  return pandoc.utils.from_simple_table(simple)
end

-- An admonition is a division whose first one is its title: "Note".
function Div(division)
  local title, first = division.content[1], division.content[2]
  if not (title and title.t == 'Div' and title.classes:includes('title')) then
    return division.content
  end
  local label = pandoc.Strong { pandoc.Str(pandoc.utils.stringify(title) .. ':') }
  division.content:remove(1)
  if first and (first.t == 'Para' or first.t == 'Plain') then
    first.content:insert(1, pandoc.Space())
    first.content:insert(1, label)
    division.content[1] = first
  else
    division.content:insert(1, pandoc.Para { label })
  end
  return division.content
end

local function find_title(document)
  local text = document.meta.title and pandoc.utils.stringify(document.meta.title) or ''
  local first = document.blocks[1]
  local is_there = first and first.t == 'Header' and pandoc.utils.stringify(first) == text
  return text ~= '' and not is_there and text or nil
end

local function add_metadata(document)
  local abstract = document.meta.abstract
  if abstract and pandoc.utils.type(abstract) == 'Blocks' then
    document.blocks = abstract .. document.blocks
  end
  local title = find_title(document)
  if not title then
    return document
  end
  local has_first = false
  document:walk {
    Header = function(header) has_first = has_first or header.level == 1 end,
  }
  if has_first then
    document = document:walk {
      Header = function(header)
        header.level = header.level + 1
        return header
      end,
    }
  end
  document.blocks:insert(1, pandoc.Header(1, { pandoc.Str(title) }))
  return document
end

-- Divisions from the outside to the inside: a title is one itself.
return { { traverse = 'topdown', Div = Div }, { Table = Table }, { Pandoc = add_metadata } }

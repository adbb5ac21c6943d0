"""Common first names in Sweden, to tell a name from another capitalised word.

From Statistics Sweden's lists of the most common names (2023), with the
Norwegian and English ones that turn up in a border county.  Names that are
also everyday words or months ("Maj", "Dag", "Sten") are left out.
"""

from __future__ import annotations

from service.interpretation.words import bare

_NAMES = """
anna eva maria karin kristina lena sara emma kerstin ingrid marie malin hanna birgitta linda annika
susanne elin monica monika jenny inger ulla carina johanna ida sofia elisabeth elisabet anneli katarina
helena margareta marianne julia ann sandra elsa camilla frida linnea amanda alice cecilia therese agneta
barbro gunilla ulrika josefin jessica anette annette yvonne ewa gun lisa louise berit pernilla gunnel
caroline emelie astrid maja matilda madeleine charlotte ellen klara ebba wilma mona ulla-britt birgit
marita irene viktoria victoria felicia nathalie rebecca rebecka lovisa moa olivia alva ellinor angelica
angelika lina petra lotta lotten lisbeth lisbet gunvor solveig maud rut ruth mia pia tove stina sanna
sofie sophie karolina carola paulina jeanette jannika josefine linn lova isabelle isabella nina nora
ronja signe siri selma sigrid edith ester eleonor eleonora helene helen heléne ylva åsa asa åse malou
marlene marlen marina martina magdalena magda mikaela michaela majken mariana marika mari mariette
filippa filipa fanny fatima fatma zahra zainab sahra amina aisha leila layla mariam maryam samira yasmin
jasmin ingela ingalill ingegerd ingeborg iris kajsa katja katrin catrin catharina catarina kicki kim
kajsa-lena lillemor lena-marie lisen liselott liselotte lise agnes aina alexandra alma amalia andrea
anja ann-christin ann-sofie ann-marie anna-karin anna-lena anna- annelie anne annmarie annsofi antonia
beata beatrice berith bettan bodil britt britta britt- christina christine clara daniela denise desiree
diana disa dagny doris ellinore elise elvira emilia erika erica esther eveline evelina gabriella gerd
gerda gisela greta gudrun gullan gustava hedda hedvig hilda hildur hillevi ilse inga inga-lill jana
janet jennie jill johanne jonna josephine karolin kaisa kati kina kristin lilian lilly lisette lydia
maggan maja-lena malena manuela margit margot margaretha marjatta matilde melissa mimmi minna miriam
mirjam mirja molly märta marta mårten natalie nadja nanna nellie nelly nicole olga oda paula pauline
pirjo ragnhild randi rakel regina renee ritva roza rosita sally selina sigbritt sirpa sissela siw sonja
susan susann susanna svea sylvia tanja teresa teresia terese thea tilda tilde tina tora tyra ulrica
ursula vendela veronica veronika viola vivan vivi-ann viveca viveka wenche ylwa yrsa yasmine zara lars
mikael anders johan per erik karl peter jan thomas tomas daniel fredrik hans bengt mats andreas stefan
magnus patrik jonas ulf niklas johannes jonathan martin alexander oskar oscar emil kjell jakob jacob
göran goran robert christer kent marcus markus simon viktor victor filip philip joakim henrik rickard
richard leif david sven björn bjorn ola tommy håkan hakan gustav gustaf anton samuel sebastian roger
kenneth adam jimmy jesper claes klas mattias mathias linus isak isac elias kurt carl rolf torbjörn
torbjorn tobias christian kristian pontus rasmus ludvig ludwig dick roland arne gunnar bertil börje
borje åke ake ingemar ingvar sture stig olof olle olov olav lennart nils evert allan axel hugo william
liam lucas lukas noah noel oliver leo ted teodor theodor ahmed ali mohammed mohamed muhammad hassan
hussein omar yusuf ibrahim abdullah mustafa amir reza mahmoud khaled adrian albin albert aleksander
alfred alf alvar alvin andre andré andrej anderz arvid arvo aron august ben benjamin benny bernt bert
birger bosse christoffer kristoffer conny kristofer christopher danne denis dennis edgar edvard edvin
edward eddie einar eino eivind elis elmer emanuel enar eric eskil esbjörn fabian felix folke fritz gert
gerhard georg george gottfrid greger gunne gösta gosta hampus harald harry helge henning henry hilding
holger ivan ivar james jari jens jerker jerry jim joar joel john johnny johny jon jonny jorgen jörgen
josef joseph juhani juha jukka julian julius justus jörn kaj kai kalle karim karl-erik kasper kevin
kjetil klaus knut konrad krister lage lars-erik lars-göran lasse leonard leopold linnar loke loui magne
maths malte manfred manne maximilian melker melvin micael micke michael mikko milo marten måns mans
morgan morten nicklas niclas nicolas nikolaj nisse odd oddvar ossian otto pål pal pär par pelle pehr
pekka pentti petter petrus pierre ragnar ralf roberth robin roine ronny ronnie roy rune ruben rurik
sakarias samir sami sixten staffan steven stellan svante sune sölve terje thorbjörn thore timo tord tore
torgny torkel torsten thorsten trygve ture uffe uno urban valdemar valter walter vidar viggo vilgot
vincent wilhelm vilhelm willy yngve yngvar zacharias örjan orjan östen osten jane mary kate katherine
karen sarah emily claire fiona ian paul steve scott brian alan
"""
FIRST_NAMES = frozenset(bare(name) for name in _NAMES.split())

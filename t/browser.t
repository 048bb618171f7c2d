#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The pages in a real browser, with script and without, by mouse and by
# keyboard, wide and narrow, light and dark, in five languages.  Pictures of
# all of them are in build/screenshots afterwards.

use strict;
use warnings;
use utf8;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Browser;
use Tender::Pages;


my $why = Tender::Browser->missing;

plan skip_all => $why if $why;

# the pages themselves are tested there by t/page-*.t
plan skip_all => 'a browser is no part of a sanitized build'
    if $ENV{TEST_TENDER_ASAN};


my $t = page_test(http => 'tender_plan default day=1000 minute=600;');
my $SHOTS = 'build/screenshots';
my @LANGUAGES = qw(en fr pl ru uk);

mkdir $SHOTS;
delete @ENV{ grep { /_proxy$/i } keys %ENV };


my @titles = ('Капітальний ремонт шкільної їдальні', 'School desks',
              'Mobilier scolaire pour les écoles primaires de la ville',
              'Dostawa mebli szkolnych', 'Поставка школьной мебели',
              'kaspersky ' . 'x' x 120);
my $id;

for my $i (1 .. 24) {
    my $data = tender("$titles[$i % @titles] № $i", price => 12345.5 * $i,
                      buyer => 'Department of education of the city council');

    $data->{description} = 'We buy school desks and chairs for the schools'
                           . ' of the city. Szkoła, école, школа.';
    $data->{tenderPeriod} = { startDate => '2026-01-01T00:00:00Z',
                              endDate => '2099-12-31T12:00:00Z' };
    $data->{method} = 'Open';
    $data->{itemsToBeProcured} = [ map { {
        description => "School desk of size $_, with a chair",
        primaryClassification => { scheme => 'CPV', id => '39160000-1',
                                   description => 'School furniture' },
        unitOfMeasure => 'piece', quantity => 150 * $_,
        valuePerUnit => { amount => 1250.5, currency => 'UAH' },
    } } 1 .. 4 ];
    $data->{attachments} = [{ description => 'Specification',
                              uri => 'https://example.org/spec.pdf' }];

    $id = publish($t, $data)->{id} ;
}

my $TENDER = "/tenders/$id.html";


# what is wrong with a page: by what the browser has made of it

my $AUDIT = <<'END';
const wrong = [];
const seen = (e) => e.checkVisibility({ checkOpacity: true,
                                        checkVisibilityCSS: true });
const say = (what, e) => wrong.push(what + ': ' + e.outerHTML.slice(0, 120));

if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
if (!document.documentElement.lang) wrong.push('no lang');
if (!document.title) wrong.push('no title');
if (document.querySelectorAll('main').length !== 1) wrong.push('not one main');
if (document.documentElement.scrollWidth > innerWidth)
    wrong.push('wider than the window: '
               + document.documentElement.scrollWidth);

const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);

ids.forEach((id, i) => {
    if (ids.indexOf(id) !== i) wrong.push('an id twice: ' + id);
});

document.querySelectorAll('input:not([type=hidden]), select, textarea')
    .forEach((e) => {
        if (!e.labels.length || !e.labels[0].textContent.trim())
            say('no label', e);
    });

document.querySelectorAll('button, a, summary').forEach((e) => {
    if (!e.textContent.trim()) say('no name', e);
});

document.querySelectorAll('progress, nav, [role=region]').forEach((e) => {
    if (!e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby'))
        say('no name', e);
});

document.querySelectorAll('[aria-labelledby], [aria-describedby]')
    .forEach((e) => {
        const of = e.getAttribute('aria-labelledby')
                   || e.getAttribute('aria-describedby');
        if (!document.getElementById(of)) say('named by nothing', e);
    });

let level = 1;

document.querySelectorAll('h1, h2, h3, h4').forEach((e) => {
    const own = Number(e.tagName[1]);
    if (own > level + 1) say('a level left out', e);
    level = own;
});

const parse = (text) => {
    const c = text.match(/[\d.]+/g).map(Number);
    return { r: c[0], g: c[1], b: c[2], a: c.length > 3 ? c[3] : 1 };
};
const light = ({ r, g, b }) => [r, g, b].map((v) => {
    v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
}).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const ground = (e) => {
    for (; e; e = e.parentElement) {
        const c = parse(getComputedStyle(e).backgroundColor);
        if (c.a === 1) return c;
        if (c.a !== 0) return null;
    }
    return { r: 255, g: 255, b: 255 };
};
const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
};

let texts = 0;

document.querySelectorAll('body *').forEach((e) => {
    const own = [...e.childNodes].some((n) => n.nodeType === 3
                                               && n.data.trim())
                || e.matches('input:not([type=hidden]), select');
    if (!own || !seen(e) || e.matches('script, option')) return;

    const back = ground(e);

    texts++;

    if (!back) say('a ground that cannot be known', e);
    else if (contrast(parse(getComputedStyle(e).color), back) < 4.5)
        say('little contrast', e);
});

if (texts < 10) wrong.push('few texts');

return wrong;
END

sub audit {
    my ($b, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_deeply($b->run($AUDIT), [], "$name: nothing is wrong with it");
}


# a page, wide and narrow, and a picture of each

sub views {
    my ($b, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    for my $width (1200, 375) {
        $b->size($width, 800);
        audit($b, "$name at $width");
        $b->shot("$SHOTS/$name-$width.png");
    }

    $b->size(1200, 800);
}


# nothing but what a refusal is, in the console

sub quiet {
    my ($b, $why) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_deeply([grep { !/status of 4\d\d/ } $b->log], [],
              "$why: the console is empty");
}


# by who is not logged in

my $b = Tender::Browser->new(dir => $t->dir);

$b->go($t->url('/'));
like($b->url, qr{/search$}, 'the first page is the search');
views($b, 'search-first-en');
$b->type('#kwords', 'desk* chair*');
$b->leave(sub { $b->click('#search button') });
like($b->url, qr{/search\?kwords=desk\*\+chair\*&irazd=0&sort_by=by_date$},
     'what is empty is not in the address');
is($b->text('#count'), 'Tenders found: 24', 'they are found');
is($b->text('.fragment mark'), 'desks', 'what was looked for is marked');
is($b->run('return document.querySelectorAll("article").length'), 10,
   'ten of them');
views($b, 'search-preview-en');

$b->leave(sub { $b->click('article h3 a') });
is(() = $b->body =~ /City council|Department of education/g, 0,
   'a buyer is hidden');
views($b, 'tender-preview-en');
$b->go($t->url('/nowhere'));
views($b, 'missing-en');
$b->go($t->url('/search?kwords=%22desk&price1=x'));
views($b, 'search-wrong-en');

# the login, by the keyboard alone

$b->go($t->url('/search?kwords=school'));
$b->press('Tab');
is($b->run('return document.activeElement.className'), 'skip',
   'the first key leads to the content');
ok($b->wait(sub {
    $b->run('return document.activeElement.getBoundingClientRect().top >= 0');
}), 'which is to be seen');
$b->press('Enter');
is($b->run('return document.activeElement.id'), 'content', 'there it is');

$b->go($t->url($TENDER));
$b->wait(sub {
    $b->press('Tab');
    $b->run('return document.activeElement.getAttribute("href") || ""')
        =~ /^\/login/;
});
isnt($b->run('return getComputedStyle(document.activeElement).outlineStyle'),
     'none', 'where the keys are is to be seen');
$b->leave(sub { $b->press('Enter') });
like($b->url, qr{/login\?next=}, 'the login');
views($b, 'login-en');

$b->wait(sub {
    $b->press('Tab');
    $b->run('return document.activeElement.id') eq 'username';
});
$b->press(split(//, 'ann@acme'), 'Tab', split(//, 'wrong'));
$b->leave(sub { $b->press('Enter') });
is($b->text('[role=alert]'), 'The name or the password is wrong',
   'a wrong password');
views($b, 'login-wrong-en');
is($b->value('#username'), 'ann@acme', 'the name is kept');
$b->type('#password', 'secret');
$b->leave(sub { $b->press('Enter') });
like($b->url, qr{\Q$TENDER\E$}, 'back where it began');
like($b->text('main'), qr/Department of education/, 'with the buyer');
quiet($b, 'so far');


# a key: made, used, replaced, revoked

$b->leave(sub { $b->click('a[href="/api"]') });
is($b->text('h1'), 'Your access to the API', 'the page of the keys');
$b->type('#name', 'CRM');
$b->leave(sub { $b->click('form.line button') });
views($b, 'api-fresh-en');

my $code = $b->value('#new-code');
my $example = $b->text('#example-curl');

like($code, qr/^tndk/, 'a key');
like(scalar `$example -s --max-time 20`, qr/\A\[\{"Total":"4"\},/,
     'the example works as it is copied');

$b->click('[data-copy=new-code]');
ok($b->wait(sub { $b->text('[data-copy=new-code]') =~ /^Copy \xe2\x9c\x93$/ }),
   'a button has copied it');

$b->click('.choices details:nth-child(1) summary');
$b->click('.choices details:nth-child(1) .check input');
views($b, 'api-rotate-en');
$b->leave(sub { $b->click('.choices details:nth-child(1) button') });

my $second = $b->value('#new-code');

isnt($second, $code, 'another key');

sub status {
    $t->get("/api/export?kwords=desk&dtype=json&api_code=$_[0]")->status;
}

is(status($code), 401, 'the old one has ended');
is(status($second), 200, 'the new one works');

$b->click('.choices details:nth-child(2) summary');
$b->leave(sub { $b->click('.choices details:nth-child(2) button') });
is($b->text('[role=status]'), 'The key was revoked.', 'revoked');
is(status($second), 401, 'which has ended, too');


# a search: saved, tried, edited, deleted

$b->leave(sub { $b->click('a[href="/search"]') });
$b->type('#kwords', 'school');
$b->click('details.more summary');
$b->type('#price1', '30000');
$b->leave(sub { $b->click('#search button') });
is($b->text('#count'), 'Tenders found: 22', 'a search with a filter');
ok($b->run('return document.querySelector("details.more").open'),
   'the filters stay open');

$b->leave(sub {
    $b->run('const s = document.querySelector("#sort_by");'
            . 's.value = "by_price"; s.dispatchEvent(new Event("change"));');
});
like($b->url, qr/sort_by=by_price/, 'another order is asked for at once');
like($b->text('article .price'), qr/296,292 UAH/, 'the dearest first');
views($b, 'search-en');

$b->leave(sub { $b->click('a[rel=next]') });
like($b->text('.pages'), qr/Page 2 of 3/, 'the next page');

$b->leave(sub { $b->click('.results-head .tools a') });
is($b->value('#name'), 'school', 'a name for it');
views($b, 'saved-new-en');
$b->type('#name', 'Школи');
$b->leave(sub { $b->click('button[value=save]') });
is($b->text('[role=status]'), 'The search was saved.', 'it is saved');

my $name = 'Школи';
utf8::encode($name);

is($b->text('.saved h3'), $name, 'there it is');
views($b, 'api-en');

$b->leave(sub { $b->click('.saved .tools a:nth-child(1)') });
is($b->text('#count'), 'Tenders found: 22', 'it is tried');
$b->leave(sub { $b->click('a[href="/api"]') });
$b->leave(sub { $b->click('.saved .tools a:nth-child(2)') });
is($b->value('#price1'), '30000', 'it is edited');
$b->type('#price1', '200000');
views($b, 'saved-en');
$b->leave(sub { $b->click('button[value=save]') });
$b->leave(sub { $b->click('.saved .tools a:nth-child(1)') });
is($b->text('#count'), 'Tenders found: 8', 'it finds less');
$b->leave(sub { $b->click('a[href="/api"]') });

# five languages

$b->size(1200, 800);

for my $lang (@LANGUAGES) {
    $b->leave(sub { $b->click("a[hreflang=$lang]") });
    is($b->attribute('html', 'lang'), $lang, "$lang is switched to");

    for my $page (['api', '/api'], ['tender', $TENDER],
                  ['search', '/search?kwords=school&price1=100000'])
    {
        $b->go($t->url($page->[1]));
        is($b->attribute('html', 'lang'), $lang, "$page->[0] is in $lang");

        if ($lang eq 'uk') {
            views($b, "$page->[0]-uk");
            next;
        }

        $b->size(375, 800);
        audit($b, "$page->[0] in $lang");
        $b->size(1200, 800);
    }

    $b->go($t->url('/api'));
}

$b->leave(sub { $b->click('a[hreflang=en]') });
$b->leave(sub { $b->click('.saved .tools a:nth-child(2)') });
$b->click('details.card summary');
$b->leave(sub { $b->click('button[value=delete]') });
is($b->text('[role=status]'), 'The search was removed.', 'it is deleted');

$b->leave(sub { $b->click('form.leave button') });
like($b->url, qr{/login$}, 'logged out');
$b->go($t->url('/api'));
like($b->url, qr{/login\?next=%2Fapi$}, 'there is no way back');
quiet($b, 'at the end');
$b->close;


# without script, and in the dark

$b = Tender::Browser->new(dir => $t->dir, script => 0, dark => 1,
                          languages => 'fr-FR,fr');
$b->go($t->url('/search'));
is($b->attribute('html', 'lang'), 'fr', 'the browser is French');
$b->type('#kwords', 'école mobilier');
$b->leave(sub { $b->click('#search button') });
like($b->url, qr/price1=&/, 'no script was run');
like($b->text('#count'), qr/: 4$/, 'it is found all the same');
views($b, 'search-dark-fr');

$b->leave(sub { $b->click('a[href^="/login"]') });
$b->type('#username', 'ann@acme');
$b->type('#password', 'secret');
$b->leave(sub { $b->click('main button') });
$b->leave(sub { $b->click('a[href="/api"]') });
$b->leave(sub { $b->click('form.line button') });
like($b->value('#new-code'), qr/^tndk/, 'a key');
is($b->run('return document.querySelectorAll("[data-copy]:not([hidden])")'
           . '.length'), 0, 'no button that would do nothing');
views($b, 'api-fresh-dark-fr');
$b->click('.choices details:nth-child(2) summary');
$b->leave(sub { $b->click('.choices details:nth-child(2) button') });
like($b->url, qr/done=revoked/, 'revoked');
$b->go($t->url($TENDER));
views($b, 'tender-dark-fr');
$b->leave(sub { $b->click('a[hreflang=pl]') });
is($b->attribute('html', 'lang'), 'pl', 'another language');
quiet($b, 'without script');
$b->close;

$t->finish;
done_testing;

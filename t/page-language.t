#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# In which language a page is, how that is chosen and kept; style and script.

use strict;
use warnings;
use utf8;

use Test::More;

use lib 't/lib';
use Tender::Login;
use Tender::Pages;


my $t = page_test(location => 'location /secure/ { tender_account; }');

my %TITLE = (
    en => 'Search tenders', fr => 'Rechercher des appels d’offres',
    pl => 'Wyszukiwanie przetargów', ru => 'Поиск тендеров',
    uk => 'Пошук тендерів',
);

utf8::encode($_) for values %TITLE;


sub language {
    my ($r) = @_;

    my ($lang) = $r->body =~ /<html lang="(\w+)">/;

    return $lang eq $r->header('Content-Language') ? $lang : 'two languages';
}


for my $lang (sort keys %TITLE) {
    for my $path ('/search', '/login', '/tenders/x.html', '/search?page=x') {
        is(language(look($t, $path, lang => $lang)), $lang,
           "$path in $lang by the header");
        is(language(look($t, $path, kept => $lang)), $lang,
           "$path in $lang by the cookie");
        is(language(look($t, $path . ($path =~ /\?/ ? '&' : '?')
                             . "lang=$lang")), $lang,
           "$path in $lang by its address");
    }

    my $r = look($t, '/search', lang => $lang);

    page_is($r, 200, $TITLE{$lang}, "the search in $lang");
    like($r->body, qr/<title>\Q$TITLE{$lang}\E /, "its title in $lang");
    like($r->body, qr/lang="$lang" aria-current="true"/,
         "$lang is the one that is chosen");
    is(scalar(() = $r->body =~ /hreflang="\w\w"/g), 5, 'five to choose from');
}

for my $case (
    [{}, 'en', 'nothing'],
    [{ lang => 'de' }, 'en', 'another one'],
    [{ lang => 'uk-UA,ru;q=0.9' }, 'uk', 'a region'],
    [{ lang => 'de,fr;q=0.2,pl;q=0.7' }, 'pl', 'the most wanted'],
    [{ lang => 'fr', kept => 'pl' }, 'pl', 'the cookie goes before'],
    [{ lang => 'fr', kept => 'xx' }, 'fr', 'not a wrong one'],
    [{ lang => 'fr', kept => 'RU' }, 'ru', 'in capitals'],
    [{ path => '/search?lang=uk', kept => 'pl' }, 'uk', 'the address first'],
    [{ path => '/search?lang=xx', kept => 'pl' }, 'pl', 'not a wrong one'],
    [{ path => '/search?lang=', kept => 'pl' }, 'pl', 'nor an empty one'],
) {
    my ($opt, $lang, $why) = @$case;

    is(language(look($t, $opt->{path} || '/search', %$opt)), $lang, $why);
}

# it is kept

my $r = look($t, '/search?lang=fr');

is($r->header('Set-Cookie'), 'tender_lang=fr; Path=/; Max-Age=31536000; '
                             . 'HttpOnly; SameSite=Lax', 'a cookie');
like(look($t, '/secure/search?lang=fr')->header('Set-Cookie'),
     qr/; Secure$/, 'for HTTPS alone, where sessions are');
is(look($t, "/search?lang=$_")->header('Set-Cookie'), undef,
   "not of lang=$_") for 'xx', 'french', '%0d%0a';

# the switch leads to the same page

$r = look($t, '/search?kwords=%22a+b%22&page=1&lang=ru&price1=');
like($r->body, qr{href="/search\?kwords=%22a%20b%22&amp;page=1&amp;lang=uk"},
     'with the same search');
$r = look($t, '/login?next=/api');
like($r->body, qr{href="/login\?next=%2Fapi&amp;lang=pl"}, 'the login, too');
$r = look($t, '/nowhere?x=%3Cb%3E');
like($r->body, qr{href="/nowhere\?lang=pl"}, 'and a page that there is not');

# a refusal is in it, too

my $form = form($t, '/login', { 'Accept-Language' => 'pl' });

$r = send_form($t, $form, username => 'ann@acme', password => 'wrong',
               headers => { 'Accept-Language' => 'pl' });
is($r->status, 401, 'a wrong password');
like($r->body, qr/<p>Nazwa lub has\xc5\x82o jest nieprawid\xc5\x82owe</,
     'in Polish');
like($r->body, qr{href="/login\?lang=fr"}, 'what was posted has a page');

# who wants no HTML gets none

like($t->get('/tenders/x.html', { 'Accept-Language' => 'pl' })
     ->header('Content-Type'), qr{^application/json}, 'JSON of a refusal');


# style and script

my ($css) = look($t, '/search')->body =~ /href="([^"]*tender\.css[^"]*)"/;
my ($js)  = look($t, '/search')->body =~ /src="([^"]*tender\.js[^"]*)"/;

for my $case ([$css, 'text/css; charset=UTF-8', 'account/pages/tender.css'],
              [$js, 'text/javascript; charset=UTF-8',
               'account/pages/tender.js'])
{
    my ($path, $type, $file) = @$case;

    like($path, qr/\?v=\d+$/, "$path: its version");

    $r = $t->get($path);
    is($r->status, 200, $path);
    is($r->header('Content-Type'), $type, "$path: type");
    is($r->header('Cache-Control'), 'public, max-age=31536000, immutable',
       "$path: may be kept");
    is($r->header('Set-Cookie'), undef, "$path: no cookie");

    open my $fh, '<:raw', $file or die "$file: $!\n";
    is($r->body, do { local $/; readline $fh }, "$path: is the file");

    $path =~ s/\?.*//;

    for my $other ($path, "$path?v=1", "$path?v=") {
        $r = $t->get($other);
        is($r->status, 200, "$other: the same");
        is($r->header('Cache-Control'), 'no-cache', "$other: is not kept");
    }
}

is($t->get("/assets/$_")->status, 404, "assets/$_")
    for 'x', 'tender.css.map', '../login', '';

$t->finish;
done_testing;

#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The feed of a saved search: what RFC 4287 wants of it, what is in it, whose
# it is, conditional requests.

use strict;
use warnings;
use utf8;

use Encode ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api;
use Tender::Login;
use Tender::Test;


my $t = access_test(
    http     => 'tender_auth_cache off; tender_plan small page=7;',
    location => <<'END',
        location / { tender_account; }
        location /below/api/searches { tender_account; }
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
END
);

my $xmllint = grep { -x "$_/xmllint" } split /:/, $ENV{PATH} || '';
my $DATE    = qr/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/;
my $UUID    = qr/urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

my $account = account($t);
my $code    = api_code($t, $account)->{code};
my $with    = { 'X-Api-Code' => $code };

sub save {
    my ($name, %query) = @_;

    my $r = $t->post('/api/searches',
                     { data => { name => $name, query => \%query } }, $with);

    die 'not saved: ', $r->status, ' ', $r->body if $r->status != 201;

    return $r->json->{data};
}

sub tender {
    my ($title, %more) = @_;

    my $r = $t->post('/api/0.1/tenders',
                     { data => { defined $title ? (title => $title) : (),
                                 %more } });

    die 'not published: ', $r->status, ' ', $r->body if $r->status != 201;

    return $r->json->{data};
}

sub feed {
    my ($search, %opt) = @_;

    return $t->get("/api/searches/$search->{id}.atom",
                   { %{ $opt{as} || $with }, %{ $opt{with} || {} } });
}


# XML as {name, attributes, text, of} by a parser of its own; what is no XML
# it does not read

sub parse {
    my ($xml) = @_;

    my @stack = ({ name => '', of => [], text => '' });

    $xml = Encode::decode('utf8', $xml, Encode::FB_CROAK);
    $xml =~ s/\A<\?xml version="1\.0" encoding="UTF-8"\?>\n//
        or die "no declaration\n";

    while ($xml =~ /\G(?:<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>
                       |([^<]+))/gcx)
    {
        my ($end, $name, $attributes, $empty, $text) = ($1, $2, $3, $4, $5);

        if (defined $text) {
            $stack[-1]{text} .= plain($text);
            next;
        }

        if ($end) {
            $stack[-1]{name} eq $name or die "</$name> is not expected\n";
            pop @stack;
            next;
        }

        my %has = map { plain($_) } $attributes =~ /([\w:]+)="([^"]*)"/g;
        my $element = { name => $name, has => \%has, of => [], text => '' };

        push @{ $stack[-1]{of} }, $element;
        push @stack, $element if !$empty;
    }

    die "no XML\n" if (pos($xml) // 0) != length $xml || @stack != 1;

    return $stack[0]{of}[0];
}

sub plain {
    my ($text) = @_;
    my %char = (amp => '&', lt => '<', gt => '>', quot => '"', '#13' => "\r");

    $text =~ s/&(?:(amp|lt|gt|quot|\#13);)?/
               defined $1 ? $char{$1} : die "a bare &\n"/gex;

    return $text;
}

sub of    { my ($e, $name) = @_; return grep { $_->{name} eq $name }
                                        @{ $e->{of} } }
sub text  { my ($e, $name) = @_; return map { $_->{text} } of($e, $name) }
sub attr  { my ($e, $name, $key) = @_;
            return map { $_->{has}{$key} } of($e, $name) }


# what each feed has

sub valid {
    my ($r, $name) = @_;

    my $feed = eval { parse($r->body) };

    ok($feed, "$name: XML") or diag($@, $r->body);
    is($feed->{name}, 'feed', "$name: a feed");
    is($feed->{has}{xmlns}, 'http://www.w3.org/2005/Atom', "$name: of Atom");
    is(scalar of($feed, $_), 1, "$name: one $_")
        for qw(id title updated author link);
    like((text($feed, 'id'))[0], qr/\A$UUID\z/, "$name: its id");
    like((text($feed, 'updated'))[0], qr/\A$DATE\z/, "$name: its date");
    is(join(' ', attr($feed, 'link', 'rel')), 'self', "$name: its address");
    ok(length((text((of($feed, 'author'))[0], 'name'))[0]),
       "$name: its author");

    my %seen;

    for my $entry (of($feed, 'entry')) {
        my @wrong = grep { scalar of($entry, $_) != 1 }
                    qw(id title updated published link);

        push @wrong, grep { scalar of($entry, $_) > 1 } qw(summary author);
        push @wrong, 'id'   if (text($entry, 'id'))[0] !~ /\A$UUID\z/;
        push @wrong, 'date' if grep { !/\A$DATE\z/ } text($entry, 'updated'),
                                                     text($entry, 'published');
        push @wrong, 'rel'  if (attr($entry, 'link', 'rel'))[0] ne 'alternate';
        push @wrong, 'twice' if $seen{ (text($entry, 'id'))[0] }++;
        push @wrong, 'title' if (text($entry, 'title'))[0] eq '';

        is("@wrong", '', "$name: an entry");
    }

    return $feed if !$xmllint;

    $t->write_file('feed.xml', $r->body);

    my $says = qx{xmllint --noout '@{[$t->dir]}/feed.xml' 2>&1};

    is($says, '', "$name: by xmllint");

    return $feed;
}


# nothing yet

my $search = save('Папір & <cartons> "all"', kwords => 'carton*');
my $r      = feed($search);

is($r->status, 200, 'a feed');
is($r->header('Content-Type'), 'application/atom+xml; charset=utf-8',
   'its type');
is($r->header('Cache-Control'), 'private, no-cache', 'who may keep it');
is($r->header('Referrer-Policy'), 'no-referrer', 'its address is told nobody');

my $feed = valid($r, 'empty');

is((text($feed, 'title'))[0], 'Папір & <cartons> "all"', 'its title');
is((text($feed, 'updated'))[0], $search->{modified},
   'as old as the search itself');
is_deeply([of($feed, 'entry')], [], 'without entries');
is((attr($feed, 'link', 'href'))[0], $search->{atom}, 'where it is');


# matches

my $item = sub {
    my ($description, $id, $about) = @_;

    return { description => $description,
             primaryClassification => { scheme => 'CPV', id => $id,
                                        description => $about } };
};

my $first = tender('Cartons & <boxes> "500"',
    description => 'We buy [B]cartons[/B] & <i>folders</i> for schools.',
    procuringEntity => { id => { name => 'Школа № 5 & <sons>' } },
    itemsToBeProcured => [
        $item->('A carton "A4"', '44617100-9', 'Cartons & "boxes"'),
        $item->('Another carton', '44617100-9', 'Cartons & "boxes"'),
        $item->('A folder', '22852000-7', 'Folders'),
    ]);
my $second = tender(undef, description => 'carton ' . 'слово ' x 200);
my $third  = tender('No match', description => 'folders');

$r    = feed($search);
$feed = valid($r, 'matches');

my @entries = of($feed, 'entry');

is_deeply([map { (text($_, 'id'))[0] =~ s/^urn:uuid:|-//gr } @entries],
          [$second->{id}, $first->{id}], 'the newest first, and no others');

my $entry = $entries[1];

is((text($entry, 'title'))[0], 'Cartons & <boxes> "500"', 'title');
is((text($entry, 'updated'))[0], $first->{modified}, 'its last change');
is((text($entry, 'published'))[0], $first->{modified}, 'its publication');
is((attr($entry, 'link', 'href'))[0], $t->url . "/tenders/$first->{id}.html",
   'its page');
is((attr($entry, 'link', 'type'))[0], 'text/html', 'for people');
is((text((of($entry, 'author'))[0], 'name'))[0], 'Школа № 5 & <sons>',
   'its buyer');
is_deeply([map { $_->{has} } of($entry, 'category')],
          [{ term => '44617100-9', label => 'Cartons & "boxes"' },
           { term => '22852000-7', label => 'Folders' }],
          'what is bought, each once');

my ($summary) = text($entry, 'summary');

like($summary, qr/We buy cartons & <i>folders/, 'the words around');
unlike($summary, qr/\[\/?B\]/, 'without marks');
is((attr($entry, 'summary', 'type'))[0], 'text', 'which are no HTML');

$entry = $entries[0];
is((text($entry, 'title'))[0], $second->{tenderID},
   'without a title it has its number');
is_deeply([of($entry, 'author')], [], 'without a buyer no author');
is_deeply([of($entry, 'category')], [], 'nor a category');
is((text($feed, 'updated'))[0], $second->{modified},
   'as new as the newest of them');

# without words it is how the description begins

my $all = save('All');

$feed    = valid(feed($all), 'all');
@entries = of($feed, 'entry');
is(scalar @entries, 3, 'all of them');
is((text($entries[0], 'summary'))[0], 'folders', 'a short description');
is((text($entries[1], 'summary'))[0],
   substr('carton ' . 'слово ' x 200, 0, 300), 'the beginning of a long one');
isnt((text($feed, 'id'))[0], (text(valid(feed($search), 'again'), 'id'))[0],
     'each feed has its id');


# a change

my $tag = feed($search)->header('ETag');

like($tag, qr/^"[0-9a-f]{32}"$/, 'a strong tag');
is(feed($search)->header('ETag'), $tag, 'the same as long as nothing changes');

for my $list ($tag, "W/$tag", qq("x", $tag), '*') {
    $r = feed($search, with => { 'If-None-Match' => $list });

    is($r->status, 304, "If-None-Match: $list");
    is($r->body, '', 'no body');
    is($r->header('ETag'), $tag, 'the tag');
    is($r->header('Cache-Control'), 'private, no-cache', 'who may keep it');
}

for my $list ('"x"', $tag =~ tr/"//dr, substr($tag, 0, 20) . '"') {
    is(feed($search, with => { 'If-None-Match' => $list })->status, 200,
       "not $list");
}

my $before = (text(parse(feed($search)->body), 'updated'))[0];

$r = $t->patch("/api/0.1/tenders/$first->{id}",
               { data => { title => 'Paper', description => 'carton' } });
is($r->status, 200, 'a tender is changed');

$r = feed($search, with => { 'If-None-Match' => $tag });
is($r->status, 200, 'so is the feed');
isnt($r->header('ETag'), $tag, 'with another tag');
$feed    = valid($r, 'changed');
@entries = of($feed, 'entry');
is((text($entries[1], 'title'))[0], 'Paper', 'what it is now');
cmp_ok((text($entries[1], 'updated'))[0], 'gt',
       (text($entries[1], 'published'))[0], 'it was changed later');
cmp_ok((text($feed, 'updated'))[0], 'gt', $before, 'so was the feed');

$t->patch("/api/0.1/tenders/$first->{id}",
          { data => { description => 'folders', itemsToBeProcured => [] } });
is(scalar of(valid(feed($search), 'fewer'), 'entry'), 1,
   'what matches no more is there no more');

$r = $t->patch("/api/searches/$search->{id}", { data => { name => 'New' } },
               $with);
$feed = valid(feed($search), 'renamed');
is((text($feed, 'title'))[0], 'New', 'a new name');
is((text($feed, 'updated'))[0], $r->json->{data}{modified}, 'is news, too');


# texts that are hard to write

my @naughty = (']]>', '&amp;', '<![CDATA[x]]>', "\x{202e}txt", "\x{1f4a9}",
               "a\tb", "quote\"'`", '<?php ?>', '&#0;', "\x{fdd0}", '[B]',
               'Ω≈ç√', 'x' x 5000, '%00', "\x{e000}");

my $naughty = save('Naughty', kwords => 'naughty');

tender($_, description => "naughty $_", procuringEntity =>
       { id => { name => $_ } },
       itemsToBeProcured => [$item->($_, substr($_, 0, 9), $_)])
    for @naughty;

$feed = valid(feed($naughty), 'naughty');
is_deeply([reverse map { text($_, 'title') } of($feed, 'entry')], \@naughty,
          'they come back as they were');


# fifty, the newest; fewer with a plan of fewer

my @many = map { tender("many $_")->{id} } 1 .. 53;
my $many = save('Many', kwords => 'many', sort_by => 'by_price', tenpage => 3,
                sort_dest => 'asc', dtype => 'csv');

$feed = valid(feed($many), 'many');
is_deeply([map { (text($_, 'id'))[0] =~ s/^urn:uuid:|-//gr }
           of($feed, 'entry')], [reverse @many[3 .. 52]],
          'the fifty newest, however the search sorts');

my $small = account($t, plan => 'small');
my $few   = { 'X-Api-Code' => api_code($t, $small)->{code} };

$t->post('/api/searches', { data => { name => 'x', query => {} } }, $few);

my ($last) = @{ $t->get('/api/searches', $few)->json->{data} };

is(scalar of(valid(feed($last, as => $few), 'small'), 'entry'), 7,
   'as many as a page of the plan');


# whose it is

refused(feed($last), 404, [url => 'id', 'Not Found'], 'of another account');
refused(feed({ id => $_ }), 404, [url => 'id', 'Not Found'], "no such: $_")
    for '99', '0', 'x';
is($t->get('/api/searches/.atom', $with)->status, 404, 'without a number');
is($t->get("/api/searches/$search->{id}.xml", $with)->status, 404,
   'another ending');
is($t->head("/api/searches/$search->{id}.atom", $with)->status, 200, 'HEAD');
is($t->post("/api/searches/$search->{id}.atom", { data => {} }, $with)
     ->status, 405, 'POST');

my $path = "/api/searches/$search->{id}.atom";

refused($t->get($path), 401, [url => 'permission', 'Credentials are needed '
                              . 'here'], 'nobody');
is($t->get("$path?api_code=tndk" . 'a' x 32)->status, 401, 'a wrong key');

$r = $t->get("$path?api_code=$code");
is($r->status, 200, 'a key in the address');
unlike($r->body . $r->head, qr/\Q$code\E/, 'is nowhere in the answer');
is($t->get($path, { Authorization => "Bearer $code" })->status, 200,
   'as Bearer');

user($t, $account, login => 'ann', password => 'four-oak-chairs');
$r = login($t, 'ann', 'four-oak-chairs');
is($t->get($path, { Cookie => 'tender_session=' . cookie($r) })->status, 200,
   'a session');

is((attr(parse($t->get("/below$path", $with)->body), 'link', 'href'))[0],
   $t->url . "/below$path", 'below a prefix');

$r = $t->get("$path?api_code=$code", { Host => 'tenders.example' });
is((attr(parse($r->body), 'link', 'href'))[0],
   "http://tenders.example$path", 'the address that the client knows');


# sealed bids make no difference

my $day   = 86400 * 30;
my $iso   = sub { my @t = gmtime(time() + $_[0]);
                  return sprintf '%04d-%02d-%02dT%02d:%02d:%02dZ',
                         $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0] };
my $gated = tender('Gated many', tenderPeriod => {
    startDate => $iso->(-3600), endDate => $iso->($day) },
    totalValue => { amount => 500, currency => 'UAH' });

my $quiet = feed($many);

$r = $t->post("/api/0.1/tenders/$gated->{id}/bidders", { data => {
    totalValue => { amount => 469, currency => 'UAH' },
    bidders => [{ id => { name => 'Secretive many Ltd' } }] } });
diag($r->body) if $r->status != 201;
is($r->status, 201, 'a bid');
is(feed($many)->header('ETag'), $quiet->header('ETag'), 'nobody notices');

unlike($t->kept_log . $t->access_log, qr/tndk\w|four-oak/,
       'no secret is in a log');

$t->finish;
done_testing;

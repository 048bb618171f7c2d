#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Saved searches by their pages: made, tried, edited, deleted.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Login;
use Tender::Pages;


my $t = page_test();

publish($t, tender("Desk $_", price => 100 * $_)) for 1 .. 12;

my $cookie = enter($t);

sub page { look($t, $_[0], cookie => $cookie) }

sub act {
    my ($path, %fields) = @_;

    return post_form($t, $path, { do => 'save', %fields },
                     cookie => $cookie, csrf => csrf(page('/api')));
}

sub kept {
    my ($id) = @_;

    my $r = $t->get("/api/searches/$id",
                    { Cookie => "tender_session=$cookie" });

    return $r->status == 200 ? $r->json->{data} : $r->status;
}


# an empty form, and one of a search

my $r = page('/saved/new');
page_is($r, 200, 'Save a search', 'a new one');
is($r->header('Cache-Control'), 'no-store', 'not kept');
like($r->body, qr/<form class="card" method="post" action="\/saved\/new">/,
     'its form');
unlike($r->body, qr/Delete this search/, 'there is nothing to delete');

$r = page('/saved/new?kwords=desk+%22a%22&price1=100&currency=UAH&lang=fr'
          . '&page=3');
page_is($r, 200, 'Enregistrer une recherche', 'one of a search');
like($r->body, qr/<input id="name" name="name" value="desk &quot;a&quot;"/,
     'with a name');
like($r->body, qr/<input id="price1"[^>]*value="100"/, 'its price');
like($r->body, qr/<input type="hidden" name="currency" value="UAH">/,
     'and what has no field');
unlike($r->body, qr/name="(?:lang|page)"/, 'but nothing else');

$r = page('/saved/new?price1=x');
page_is($r, 400, 'Save a search', 'one of a bad search');
like(shown($r), qr/Price from : A number is expected/, 'says why');


# it is made

$r = act('/saved/new', name => 'Desks <b>', kwords => 'desk',
         price1 => '500', price2 => '', sort_by => 'by_price', irazd => '0',
         currency => 'UAH', status => '', actual => '1');
is($r->status, 303, 'made');
is($r->header('Location'), '/api?done=saved', 'which leads back');

my ($id) = @{ $t->redis('ZRANGE', '{g}:searches:of:7', 0, -1) };
my $data = kept($id);

is($data->{name}, 'Desks <b>', 'its name');
is_deeply($data->{query}, { kwords => 'desk', price1 => 500, irazd => 0,
                            sort_by => 'by_price', currency => 'UAH',
                            actual => JSON::PP::true },
          'what it looks for');

$r = page('/api?done=saved');
like(shown($r),
     qr/search was saved\..*Desks <b> Try it Edit JSON XML CSV Atom/,
     'it is on the page');
unlike($r->body, qr/<b>/, 'as text');

my ($try) = $r->body =~ /href="([^"]*)">Try it</;

$try =~ s/&amp;/&/g;
like(shown(page($try)), qr/Tenders found: 8 /, 'it finds what it should');
like(page($try)->body, qr/<option value="by_price" selected>/, 'sorted so');

for my $type (qw(json xml csv)) {
    like($r->body, qr{href="/api/export\?search_id=$id&amp;dtype=$type"},
         "a link to $type");

    my $answer = $t->get("/api/export?search_id=$id&dtype=$type",
                         { Cookie => "tender_session=$cookie" });

    is($answer->status, 200, "$type: there it is");
    like($answer->body, qr/Desk 12/, "$type: with what is found");
}

like($r->body, qr{href="/api/searches/$id\.atom"}, 'a link to a feed');
is($t->get("/api/searches/$id.atom",
           { Cookie => "tender_session=$cookie" })->status, 200, 'a feed');
like($r->body, qr{value="http://127\.0\.0\.1:\d+/api/export\?search_id=$id
                  &amp;dtype=json&amp;api_code=YOUR_API_CODE"}x,
     'an address for programs');


# it is edited

$r = page("/saved/$id");
page_is($r, 200, 'Edit a saved search', 'its form');
like($r->body, qr/name="name" value="Desks &lt;b&gt;"/, 'its name');
like($r->body, qr/<input id="kwords"[^>]*value="desk"/, 'its words');
like($r->body, qr/<input id="actual"[^>]* checked/, 'its mark');
like($r->body, qr/<input type="hidden" name="currency" value="UAH">/,
     'what has no field');
like($r->body, qr/Delete this search/, 'it may be deleted');

is(act("/saved/$id", name => 'Chairs', kwords => 'chair*', price1 => '',
       currency => 'UAH')->status, 303, 'changed');
$data = kept($id);
is($data->{name}, 'Chairs', 'another name');
is_deeply($data->{query}, { kwords => 'chair*', currency => 'UAH' },
          'all of it is what was sent');

is(act("/saved/$id", name => 'All')->status, 303, 'without any condition');
is_deeply(kept($id)->{query}, {}, 'it is all');
like(shown(page('/search?')), qr/found: 12 /, 'which is found');


# what cannot be saved

for my $case (
    [{ name => '', kwords => 'desk' }, 'Name', ''],
    [{ name => 'x' x 300 }, 'Name', ''],
    [{ name => 'x', kwords => '"desk' }, 'Words', 'A quote is not closed'],
    [{ name => 'x', price1 => 'much' }, 'Price from', 'A number'],
    [{ name => 'x', date_start => 'x' }, 'Published from', 'A date'],
    [{ name => 'x', status => 'x' }, 'Status', 'There is no "x"'],
) {
    my ($fields, $field, $text) = @$case;

    for my $path ('/saved/new', "/saved/$id") {
        $r = act($path, currency => 'EUR', buyer => 'keep me', %$fields);
        is($r->status, 400, "$path $field: refused");
        like(shown($r), qr/put right: \Q$field\E : \Q$text\E/,
             "$path $field: why") or diag(shown($r));
        like($r->body, qr/<input id="buyer"[^>]*value="keep me"/,
             "$path $field: what was typed in stays");
        like($r->body, qr/name="currency" value="EUR"/,
             "$path $field: all of it");
        is(() = $r->body =~ /name="csrf"/g, $path =~ /new/ ? 2 : 3,
           "$path $field: with tokens");
    }
}

is($t->redis('ZCARD', '{g}:searches:of:7'), 1, 'nothing was made');
is(kept($id)->{name}, 'All', 'nor changed');

for my $bad ('0', '999', 'x', 'new1', '1' x 30, '-1', '%201') {
    my $r = page("/saved/$bad");

    page_is($r, 404, 'There is no such page', "saved/$bad");
    is(act("/saved/$bad", name => 'x')->status, 404, "POST saved/$bad");
    is(act("/saved/$bad", do => 'delete')->status, 404, "delete $bad");
}

is(act('/saved/new', do => 'delete')->status, 400, 'a new one to delete');

# another account's

plant_user($t, 'eve@acme', 'secret', id => 2, of => 8);

my $eve = enter($t, 'eve@acme');
my $csrf = csrf(look($t, '/api', cookie => $eve));

is(look($t, "/saved/$id", cookie => $eve)->status, 404, 'another account');
is(post_form($t, "/saved/$id", { do => $_, name => 'x' }, cookie => $eve,
             csrf => $csrf)->status, 404, "another account: $_")
    for qw(save delete);
unlike(look($t, '/api', cookie => $eve)->body, qr{/saved/\d},
       'nor is it shown');
is(kept($id)->{name}, 'All', 'it is as it was');


# it is deleted

$r = act("/saved/$id", do => 'delete');
is($r->status, 303, 'deleted');
is($r->header('Location'), '/api?done=removed', 'which leads back');
like(shown(page('/api?done=removed')),
     qr/The search was removed\..*Nothing is saved yet/, 'and says so');
is(kept($id), 404, 'it is gone');
is(act("/saved/$id", do => 'delete')->status, 404, 'once');


# as many as there may be

for my $i (1 .. 100) {
    my $r = $t->post('/api/searches',
                     { data => { name => "Search $i", query => {} } },
                     { Cookie => "tender_session=$cookie",
                       'X-CSRF-Token' => csrf(page('/search')) });

    is($r->status, 201, "search $i") if $r->status != 201;
}

$r = act('/saved/new', name => 'one more', kwords => 'desk');
page_is($r, 409, 'Save a search', 'one more');
like(shown($r), qr/An account keeps 100 searches/, 'says why');
like($r->body, qr/value="one more"/, 'and keeps what was typed in');

# ...and each of them is edited and shown

is(() = page('/api')->body =~ /<div class="saved">/g, 100,
   'all of them are shown');

$t->finish;
done_testing;
